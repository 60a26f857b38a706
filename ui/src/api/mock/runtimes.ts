// The mock's builds of ONNX Runtime: two are here, one runs.

import type { RuntimeKind, RuntimesView, RuntimeView } from '../types';

const PLACE = '/home/you/.local/share/relook/runtime';
const ALL: [RuntimeKind, string, number, string, string][] = [
  ['cpu', '1.31.1', 23753652, 'MIT', 'Runs everywhere'],
  ['openvino', '1.24.1', 84430935, 'MIT', 'This processor has AVX-512 BF16: faster in half precision'],
  ['cuda', '1.31.1', 1566e6, 'MIT, NVIDIA CUDA licence, NVIDIA cuDNN licence', 'No NVIDIA GPU is visible'],
  ['webgpu', '1.27.0', 25149948, 'MIT', 'For graphics cards of any make; only a run shows whether one is there'],
];

export class MockRuntimes {
  private readonly here = new Set<RuntimeKind>(['cpu']);
  private choice = 'auto';

  bytes(kind: RuntimeKind): number {
    return ALL.find(([known]) => known === kind)?.[2] ?? 0;
  }

  install(kind: RuntimeKind): void {
    this.here.add(kind);
  }

  use(what: string): RuntimesView {
    this.choice = what;
    return this.view();
  }

  view(): RuntimesView {
    const picked = this.choice !== 'auto' ? this.choice : this.here.has('openvino') ? 'openvino' : 'cpu';
    const place = (kind: string) => `${PLACE}/${kind}/onnxruntime/capi/libonnxruntime.so`;
    const runtimes = ALL.map(([kind, version, bytes, licence, suits]): RuntimeView => {
      const here = this.here.has(kind);
      const used = kind === picked;
      const reason = used ? 'Used: it was chosen' : here ? 'Not used: another was chosen' : 'Not here';
      const path = here ? place(kind) : null;
      return { kind, installed: here ? version : null, path, version, bytes, licence, used, suits, reason };
    });
    const library = picked.startsWith('/') ? picked : place(picked);
    return { choice: this.choice, library, why: 'it was chosen', restart: picked !== 'cpu', runtimes };
  }
}
