// A CVAT server's stand-in for the window tests.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import path from 'node:path';

import { BIN } from './window.js';

/** The stand-in, and before it a door that can be shut: what comes to it then waits. */
export async function server() {
  const program = spawn(path.join(BIN, 'cvat-stand-in'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = await once(program.stdout, 'data');
  const [inner, token] = String(said).trim().split(' ');
  const door = { shutAt: null, met: 0 };
  const proxy = createServer((asked, answer) => {
    if (door.shutAt?.test(`${asked.method} ${asked.url}`)) {
      door.met += 1;
      return;
    }
    const on = request(inner + asked.url, { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  const ask = async (way, options = {}) => {
    const got = await fetch(inner + way, { ...options, headers: { Authorization: `Bearer ${token}` } });
    assert.ok(got.ok, `${way}: ${got.status}`);
    return got;
  };
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    /** Straight, for a program that this one waits for. */
    inner,
    token,
    door,
    tasks: async () => (await (await ask('/api/tasks')).json()).results,
    projects: async () => (await (await ask('/api/projects')).json()).results,
    /** As a colleague in CVAT would: the task's annotations are these now. */
    async put(task, xml) {
      const form = new FormData();
      form.append('annotation_file', new Blob([xml]), 'annotations.xml');
      await ask(`/api/tasks/${task}/annotations?format=CVAT%201.1`, { method: 'POST', body: form });
    },
    end() {
      proxy.closeAllConnections();
      proxy.close();
      program.stdin.end();
    },
  };
}
