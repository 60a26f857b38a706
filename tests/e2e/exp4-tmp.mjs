import { Window, scratch } from './lib/window.js';
const folder = scratch();
const w = await Window.open(folder, `/tmp/b3/bench/crowd.relook`);
try {
  await w.shown('shell'); await w.press('i');
  await w.until(() => w.browser.execute(() => document.querySelector('[data-testid="canvas"]')?.dataset.photo === 'painted'), 'x');
  await new Promise(r=>setTimeout(r,2000));
  await w.browser.execute(() => {
    window.own=[]; window.draws={};
    const P = CanvasRenderingContext2D.prototype;
    for (const k of ['drawImage','clearRect','putImageData','fill','stroke','fillRect','fillText','createImageData']) { const f=P[k]; P[k]=function(...a){ const t=performance.now(); const r=f.apply(this,a); const d=performance.now()-t; const n=k+(k==='drawImage'?' '+a[0].constructor.name+a[0].width+this.imageSmoothingQuality+this.imageSmoothingEnabled:''); const e=window.draws[n]??={n:0,ms:0}; e.n++; e.ms+=d; return r; }; }
  });
  const frames = (count, move) => w.browser.executeAsync(`
    const done = arguments[arguments.length - 1]; window.draws={};
    const step = (n) => { ${move} }; const times=[]; const handle=[]; const busy=[]; let last=performance.now();
    const ch=new MessageChannel(); let s=0; ch.port1.onmessage=()=>busy.push(performance.now()-s);
    const tick=()=>{ const now=performance.now(); times.push(now-last); last=now; s=now; step(times.length); handle.push(performance.now()-now); ch.port2.postMessage(1); if(times.length<${count}) requestAnimationFrame(tick); else done([times,handle,busy]); };
    requestAnimationFrame(tick);`);
  const med=(a)=>a.slice(3).sort((x,y)=>x-y)[a.length>>1]?.toFixed(1);
  const pan = `
      const canvas = document.querySelector('[data-testid="canvas"]');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const where = (d) => ({ clientX: left + width / 2 + d, clientY: top + height / 2 + d / 2, bubbles: true, cancelable: true, pointerId: 1, button: 1, buttons: 4 });
      if (n === 1) { canvas.setPointerCapture = () => undefined; canvas.dispatchEvent(new PointerEvent('pointerdown', where(0))); }
      canvas.dispatchEvent(new PointerEvent('pointermove', where(Math.sin(n / 12) * 200)));
      if (n === 118) canvas.dispatchEvent(new PointerEvent('pointerup', where(0)));`;
  const r = async (name, n, m) => { const [t,h,b]=await frames(n,m); console.log(name,'frame',med(t),'handler',med(h),'busy',med(b)); const d=await w.browser.execute(()=>window.draws); for (const [k,e] of Object.entries(d).sort((x,y)=>y[1].ms-x[1].ms).slice(0,7)) console.log('   ',k,(e.n/n).toFixed(2),'a frame',(e.ms/n).toFixed(2),'ms a frame'); };
  await r('pan', 120, pan);
  const wheel = (dy) => `const canvas = document.querySelector('[data-testid="canvas"]'); const { left, top, width, height } = canvas.getBoundingClientRect(); canvas.dispatchEvent(new WheelEvent('wheel', { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true, deltaY: ${dy} }));`;
  await r('zoom', 90, wheel(-20));
  await r('pan zoomed', 120, pan);
  await r('zoom out', 90, wheel(20));
} finally { await w.close(); process.exit(0); }
