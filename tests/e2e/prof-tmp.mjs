import { Window, scratch } from '/tmp/w/lead/main/tests/e2e/lib/window.js';
const folder = scratch();
const order = process.argv[2];
const w = await Window.open(folder, `/tmp/b3/bench/keys-${order}.relook`);
try {
  await w.shown('queue-row');
  await w.browser.execute((by) => { const s = document.querySelector('[data-testid="queue-order"]'); s.value = by; s.dispatchEvent(new Event('change', { bubbles: true })); }, order);
  await w.focus();
  await w.browser.execute(() => {
    window.log = [];
    const P = CanvasRenderingContext2D.prototype;
    const di = P.drawImage;
    P.drawImage = function (src, ...a) { const t = performance.now(); di.call(this, src, ...a); const d = performance.now() - t; if (d > 0.5) window.log.push([Math.round(performance.now()), 'drawImage', src.constructor.name, src.naturalWidth ?? src.width, this.imageSmoothingQuality, d.toFixed(1)]); };
    const raf = window.requestAnimationFrame;
    window.requestAnimationFrame = (f) => raf((n) => { const t = performance.now(); f(n); const d = performance.now() - t; window.log.push([Math.round(performance.now()), 'frame', d.toFixed(1)]); });
    const canvas = document.querySelector('[data-testid="canvas"]');
    addEventListener('keydown', () => { window.p = performance.now(); window.f = canvas.dataset.box; window.log.push([Math.round(window.p), 'KEY']); setTimeout(()=>window.log.push([Math.round(performance.now()),'timeout0',(performance.now()-window.p).toFixed(1)]),0); }, true);
    addEventListener('keydown', () => { window.log.push([Math.round(performance.now()), 'handled', (performance.now() - window.p).toFixed(1)]); Promise.resolve().then(()=>{}).then(()=>window.log.push([Math.round(performance.now()), 'flushed', (performance.now() - window.p).toFixed(1)])); });
    const g0=Element.prototype.getBoundingClientRect; Element.prototype.getBoundingClientRect=function(){const t=performance.now(); const r=g0.call(this); const d=performance.now()-t; if(d>2) window.log.push([Math.round(t),'forced layout',d.toFixed(1), this.className, new Error().stack.split('\n').slice(1,4).join('|').slice(0,300)]); return r;};
    for (const k of ['clientWidth','clientHeight','scrollTop','offsetTop','offsetHeight','scrollHeight']) { const P2=['offsetTop','offsetHeight'].includes(k)?HTMLElement.prototype:Element.prototype; const d0=Object.getOwnPropertyDescriptor(P2,k); Object.defineProperty(P2,k,{...d0,get(){const t=performance.now(); const r=d0.get.call(this); const d=performance.now()-t; if(d>2) window.log.push([Math.round(t),'forced '+k,d.toFixed(1),this.className,new Error().stack.split('\n').slice(1,4).join('|').slice(0,300)]); return r;}}); }
    const ch = new MessageChannel();
    ch.port1.onmessage = () => window.log.push([Math.round(performance.now()), 'AFTER PAINT', (performance.now() - window.p).toFixed(1)]);
    new MutationObserver(() => { if (canvas.dataset.box !== window.f && canvas.dataset.photo === 'painted') { window.f = canvas.dataset.box; window.log.push([Math.round(performance.now()), 'BOX', (performance.now() - window.p).toFixed(1), canvas.dataset.image]); ch.port2.postMessage(1); } }).observe(canvas, { attributes: true });
  });
  for (let n = 0; n < 12; n++) { await w.press('a'); await new Promise((r) => setTimeout(r, 900)); }
  for (const l of await w.browser.execute(() => window.log)) console.log(l.join(' '));
} finally { await w.close(); process.exit(0); }
