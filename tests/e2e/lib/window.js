// One real window under WebDriver: tauri-driver starts the program, so its environment is the program's too.

import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { remote } from 'webdriverio';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const BIN = process.env.RELOOK_BIN ?? path.join(ROOT, 'target/debug');
const DRIVER = process.env.TAURI_DRIVER ?? path.join(ROOT, 'runtime/tools/bin/tauri-driver');
export const PHOTOS = path.join(ROOT, 'demo/photos');

for (const needed of [DRIVER, path.join(BIN, 'relook-window'), path.join(BIN, 'relook'), PHOTOS]) {
  if (!existsSync(needed)) throw new Error(`${needed} is missing: run "make test", which lays it there`);
}

/** A folder for one story: projects, settings and caches of its own. */
export function scratch() {
  const folder = mkdtempSync(path.join(tmpdir(), 'relook-window-'));
  for (const sub of ['config', 'cache', 'home']) mkdirSync(path.join(folder, sub));
  return folder;
}

function environment(folder) {
  return {
    ...process.env,
    RELOOK_CONFIG: path.join(folder, 'config'),
    RELOOK_CACHE: path.join(folder, 'cache'),
    HOME: path.join(folder, 'home'),
    XDG_DATA_HOME: path.join(folder, 'home'),
    LANG: 'C.UTF-8',
  };
}

/** The command line on the same files; returns parsed JSON. */
export function relook(folder, ...args) {
  const out = execFileSync(path.join(BIN, 'relook'), [...args, '--json', '--quiet'], {
    env: environment(folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  return JSON.parse(out);
}

/**
 * A story of tests: what is there before it, the way to its window, and all of it gone after it. Of a test that failed a
 * picture is left in tests/e2e/out.
 */
export function story(folder, current, begin) {
  before(begin);
  after(async () => {
    await current()?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(function () {
    if (this.currentTest.state === 'failed') current()?.screenshot(path.join(ROOT, 'tests/e2e/out/failed.png'));
  });
}

/** A small project on some of the demo photos, drafted and second-looked, as `name.relook` in the folder; returns its path. */
export function reviewable(folder, name, photos) {
  const project = path.join(folder, `${name}.relook`);
  const pictures = path.join(folder, `${name}-photos`);
  mkdirSync(pictures);
  for (const photo of photos) symlinkSync(path.join(PHOTOS, photo), path.join(pictures, photo));
  relook(folder, 'new', project);
  relook(folder, 'add', project, pictures);
  relook(folder, 'draft', project);
  relook(folder, 'second-look', project);
  return project;
}

/** Every annotation of a project, by id, with its image's path. */
export function annotations(folder, project, photos) {
  const all = new Map();
  for (const photo of photos) {
    for (const a of relook(folder, 'show', project, '--image', photo, '--all').annotations) all.set(a.id, { ...a, path: photo });
  }
  return all;
}

let port = 4500 + (process.pid % 400) * 4;

export class Window {
  /** Opens the window, on a project if one is named, at a size in CSS pixels. */
  static async open(folder, project, { width = 1440, height = 900 } = {}) {
    const window = new Window();
    port += 2;
    window.driver = spawn(DRIVER, ['--port', String(port), '--native-port', String(port + 1)], {
      env: environment(folder),
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    window.browser = await connect(port, {
      application: path.join(BIN, 'relook-window'),
      args: project ? [project] : [],
    });
    await window.browser.setWindowSize(width, height);
    return window;
  }

  id(testid) {
    return this.browser.$(`[data-testid="${testid}"]`);
  }

  async shown(testid, timeout = 20000) {
    const element = this.id(testid);
    await element.waitForDisplayed({ timeout, timeoutMsg: `${testid} is not shown` });
    return element;
  }

  /** Clicks where a thing is once it lies still: panels grow while what they show arrives. */
  async click(testid) {
    const element = await this.shown(testid);
    await element.waitForEnabled({ timeout: 20000 });
    let last = '';
    await this.until(async () => {
      const { x, y } = await element.getLocation();
      const { width, height } = await element.getSize();
      const now = [x, y, width, height].join();
      const still = now === last;
      last = now;
      return still;
    }, `${testid} does not lie still`);
    await element.click();
  }

  async text(testid) {
    return (await (await this.shown(testid)).getText()).replace(/\s+/g, ' ').trim();
  }

  /** Puts text into a field as a person would: what was there is replaced. */
  async type(testid, text) {
    const field = await this.shown(testid);
    await field.click();
    await this.press('Control', 'a');
    await field.addValue(text);
  }

  /** Keys pressed together, in the order given, and let go: `press('Control', 'Shift', 'z')`. */
  async press(...keys) {
    const codes = { Control: '\uE009', Shift: '\uE008', Enter: '\uE007', Tab: '\uE004', Escape: '\uE00C', Space: ' ',
      Delete: '\uE017', Backspace: '\uE003', F1: '\uE031', F3: '\uE033', F4: '\uE034', F7: '\uE037', F8: '\uE038', F9: '\uE039', F10: '\uE03A', Alt: '\uE00A',
      ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015' };
    const values = keys.map((key) => codes[key] ?? key);
    const actions = [...values.map((value) => ({ type: 'keyDown', value })), ...values.reverse().map((value) => ({ type: 'keyUp', value }))];
    await this.browser.performActions([{ type: 'key', id: 'keyboard', actions }]);
    await this.browser.releaseActions();
  }

  /** Drags with the left button between two points of the window. */
  async drag(a, b) {
    const move = (p, duration) => ({ type: 'pointerMove', duration, x: Math.round(p.x), y: Math.round(p.y), origin: 'viewport' });
    await this.browser.performActions([
      {
        type: 'pointer',
        id: 'mouse',
        parameters: { pointerType: 'mouse' },
        actions: [
          move(a, 0),
          { type: 'pointerDown', button: 0 },
          move({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, 60),
          move(b, 60),
          { type: 'pointerUp', button: 0 },
        ],
      },
    ]);
    await this.browser.releaseActions();
  }

  /** Clicks at points of the window, one after the other. */
  async clickAt(...points) {
    const actions = points.flatMap(({ x, y }) => [
      { type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y), origin: 'viewport' },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
      // Two clicks on different places must not look like a double click.
      { type: 'pause', duration: 60 },
    ]);
    await this.browser.performActions([{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }]);
    await this.browser.releaseActions();
  }

  /** Where the box in focus lies in the window, once the canvas is at rest. */
  async focus() {
    const canvas = await this.shown('canvas');
    const at = async () => (await canvas.getAttribute('data-still')) === 'true' && (await canvas.getAttribute('data-focus'));
    const [x1, y1, x2, y2] = (await this.until(at, 'the canvas does not come to rest on a box', 5000)).split(',').map(Number);
    return { x1, y1, x2, y2 };
  }

  /** Waits until all decisions are on disk. */
  async saved() {
    await this.browser.waitUntil(async () => (await this.text('saved')) === 'saved', {
      timeout: 10000,
      timeoutMsg: `not saved: ${await this.text('saved')}`,
    });
  }

  async until(condition, message, timeout = 20000) {
    return this.browser.waitUntil(condition, { timeout, timeoutMsg: message, interval: 100 });
  }

  /** What a person would see: the X screen or an area of it (`1024x700+0+0`), not what the web view says it painted. */
  screenshot(file, area) {
    mkdirSync(path.dirname(file), { recursive: true });
    execFileSync('import', ['-window', 'root', ...(area ? ['-crop', area, '+repage'] : []), file]);
  }

  /** As a power cut would: the program gets no chance to say goodbye. */
  async kill() {
    const pids = processes(this.driver.pid).filter(({ name }) => name.startsWith('relook-window'));
    if (pids.length === 0) throw new Error('the window is not running');
    for (const { pid } of pids) process.kill(pid, 'SIGKILL');
    await this.end();
  }

  async close() {
    await this.browser.deleteSession().catch(() => {});
    await this.end();
  }

  /** Ends the driver and all it started; one that is gone already is not waited for. */
  async end() {
    const { driver } = this;
    const gone = () => driver.exitCode !== null || driver.signalCode !== null;
    const over = gone() ? Promise.resolve() : new Promise((resolve) => driver.once('exit', resolve));
    try {
      process.kill(-driver.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
}

/** Waits until something listens, so that no refused connection clutters the log. */
async function listening(at) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port: at });
      socket.once('connect', () => socket.end(() => resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on port ${at}`);
}

async function connect(at, options) {
  // tauri-driver answers before the driver that it stands in front of does.
  await listening(at);
  await listening(at + 1);
  const capabilities = { browserName: 'wry', 'wdio:enforceWebDriverClassic': true, 'tauri:options': options };
  return remote({
    hostname: '127.0.0.1',
    port: at,
    logLevel: 'error',
    connectionRetryCount: 0,
    connectionRetryTimeout: 30000,
    capabilities,
  });
}

/** A process and all below it. */
function processes(root) {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const close = stat.lastIndexOf(')');
        return [{ pid: Number(entry), name: stat.slice(stat.indexOf('(') + 1, close), parent: Number(stat.slice(close + 2).split(' ')[1]) }];
      } catch {
        return [];
      }
    });
  const below = (pid) => all.filter((p) => p.parent === pid).flatMap((p) => [p, ...below(p.pid)]);
  return below(root);
}
