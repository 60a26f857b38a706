// A CVAT server of the mock's own: it takes what is sent, and others change something in it once it was sent.

import { ApiError } from '../api';
import type {
  AnnotationView,
  CvatChange,
  CvatConnection,
  CvatDiff,
  CvatDifference,
  CvatPreview,
  CvatPull,
  CvatPush,
  CvatPushReport,
  CvatSent,
  CvatServer,
  CvatTake,
  CvatTaken,
} from '../types';
import type { MockProject } from './project';

const URL = 'https://cvat.test';

export class MockCvat {
  connections: CvatConnection[] = [];
  sent: CvatSent[] = [];
  /** Whether the next push arrives otherwise than it was sent. */
  strays = false;
  private taken = new Set<string>();

  constructor(private readonly project: () => MockProject) {}

  /** The token `wrong` is not known; none is in the environment. */
  connect({ name, url, organization }: CvatConnection, token: string | null): CvatServer {
    if (token === 'wrong') throw new ApiError({ code: 'refused', message: `${url} does not know the token, or it has expired` });
    this.connections = [...this.connections.filter((c) => c.name !== name), { name, url, organization: organization ?? '' }];
    return { version: '2.74.0', user: 'ana', kept: token !== null, warnings: [] };
  }

  disconnect(name: string): void {
    this.connections = this.connections.filter((c) => c.name !== name);
  }

  private boxes(): AnnotationView[] {
    return [...this.project().images.values()].flatMap((v) => v.annotations).filter((a) => a.state !== 'rejected');
  }

  private task({ target, name }: CvatPush): number {
    if (target.to === 'task') return target.id;
    return this.sent.find((s) => s.name === name && s.target.to === target.to)?.task ?? this.sent.length + 1;
  }

  preview(push: CvatPush): CvatPreview {
    if (push.target.to === 'task' && push.target.id > 50)
      throw new ApiError({ code: 'not_found', message: `The server has nothing there for task ${push.target.id}` });
    const misfit = push.target.to === 'project' && push.target.id > 50;
    const first = this.project().rows({ text: '', status: null })[0]?.path ?? '';
    const lint = push.include === 'reviewed';
    return {
      server: URL,
      version: '2.74.0',
      user: 'ana',
      plan: push.target.to === 'task' ? `Replaces the annotations of task ${push.target.id}` : `Makes the task "${push.name}"`,
      images: push.images?.length ?? this.project().images.size,
      shapes: this.boxes().length,
      obstacles: [
        ...(misfit ? [{ kind: 'misfit' as const, said: `Project 99 has no label "car". Add it there, or relabel its shapes here` }] : []),
        ...(lint ? [{ kind: 'lint' as const, said: `${first}, shape 1: No part of a box lies in the image of 640 by 480` }] : []),
        ...(push.target.to === 'task' && push.target.id === 7
          ? [{ kind: 'overwrites' as const, said: '3 shapes of task 7 are otherwise there and would be overwritten, such as car on a.jpg: Up to 3.00 px apart' }]
          : []),
      ].filter(({ kind }) => !push.force || kind === 'misfit'),
      findings: [],
    };
  }

  push(push: CvatPush): CvatPushReport {
    const task = this.task(push);
    this.sent = [
      { task, name: push.name, target: push.target, include: push.include, images: this.project().images.size, done: true, batch: false },
      ...this.sent.filter((s) => s.task !== task),
    ];
    this.taken = new Set();
    const such_as = this.strays ? this.differences().slice(0, 2) : [];
    return {
      server: URL,
      task,
      link: `${URL}/tasks/${task}`,
      images: this.project().images.size,
      shapes: this.boxes().length,
      resumed: false,
      equal: this.boxes().length - such_as.length,
      changed_meanwhile: 0,
      differences: such_as.length,
      such_as,
    };
  }

  private differences(): CvatDifference[] {
    const boxes = this.boxes().slice(0, 4);
    const kinds: [CvatChange, CvatDifference['by'], string][] = [
      ['added', 'theirs', 'Only there: box'],
      ['moved', 'theirs', 'Up to 3.00 px apart'],
      ['removed', 'both', 'Only here: box'],
      ['moved', 'ours', 'Up to 8.50 px apart'],
    ];
    return kinds.flatMap(([change, by, said], n): CvatDifference[] => {
      const box = boxes[n];
      if (!box) return [];
      const { image, id, rect } = box;
      const label = this.project().labels.find((l) => l.id === box.label)?.name ?? '?';
      const path = this.project().need(image).image.path;
      const key = `${image}-${id}-${change}`;
      const ours = change === 'added' ? null : id;
      return [{ key, image, path, change, by, label, their_label: null, ours, rect, their_rect: rect, said }];
    });
  }

  diff({ task }: CvatPull): CvatDiff {
    if (task === undefined || task > 50)
      throw new ApiError({ code: 'not_found', message: `The server has nothing there for task ${String(task)}` });
    const differences = this.differences().filter(({ key }) => !this.taken.has(key));
    const counts: CvatDiff['counts'] = {};
    for (const { change } of differences) counts[change] = (counts[change] ?? 0) + 1;
    return {
      server: URL,
      task,
      name: 'crossroads',
      images: this.project().images.size,
      equal: this.boxes().length - differences.length,
      counts,
      differences,
      unknown_images: 1,
      unknown_such_as: ['holiday/1.jpg'],
      unknown_labels: [['crane', 4]],
      left_out: [],
      findings: [],
    };
  }

  take({ keys }: CvatTake): CvatTaken {
    const all = this.differences().filter(({ key }) => !this.taken.has(key));
    const chosen = all.filter(({ key }) => keys?.includes(key) ?? true);
    chosen.forEach(({ key }) => this.taken.add(key));
    return { taken: chosen.length, left: all.length - chosen.length, step: 7 };
  }
}
