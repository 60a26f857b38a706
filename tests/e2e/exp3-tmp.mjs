import { Window, scratch } from './lib/window.js';
const folder = scratch();
const order = process.argv[2] ?? 'by_image';
const w = await Window.open(folder, `/tmp/b3/bench/keys-${order}.relook`);
try {
  await w.shown('queue-row');
  await w.browser.execute((by) => { const s = document.querySelector('[data-testid="queue-order"]'); s.value = by; s.dispatchEvent(new Event('change', { bubbles: true })); }, order);
  await w.focus();
  await w.browser.execute(() => {
    window.T=[]; const canvas = document.querySelector('[data-testid="canvas"]'); let cur=null, from='';
    addEventListener('keydown', () => { cur={s:performance.now(),fl:0}; from=canvas.dataset.box; window.T.push(cur); }, true);
    addEventListener('keydown', () => { const c=cur; c.h=performance.now()-c.s; });
    const d0=Object.getOwnPropertyDescriptor(Element.prototype,'scrollTop'); Object.defineProperty(Element.prototype,'scrollTop',{...d0,get(){const t=performance.now(); const r=d0.get.call(this); if(cur&&!cur.b) cur.fl+=performance.now()-t; return r;}});
    const ch=new MessageChannel(); ch.port1.onmessage=()=>{ if(cur&&cur.b&&!cur.p) cur.p=performance.now()-cur.s; };
    new MutationObserver(() => { if (cur && !cur.b && canvas.dataset.box !== from && canvas.dataset.photo === 'painted') { cur.b=performance.now()-cur.s; ch.port2.postMessage(1); requestAnimationFrame(()=>{ if(!cur.p) cur.p=performance.now()-cur.s; }); } }).observe(canvas, { attributes: true });
  });
  const med=(a)=>a.sort((x,y)=>x-y)[a.length>>1]?.toFixed(0);
  const run = async (name, n=14) => {
    await w.browser.execute(()=>{window.T.length=0});
    for (let k=0;k<n;k++){ await w.press('a'); await new Promise(r=>setTimeout(r,Number(process.argv[3]??650))); }
    const T=await w.browser.execute(()=>window.T);
    console.log(name.padEnd(26),'handled',med(T.map(t=>t.h)),'forced layout',med(T.map(t=>t.fl)),'box',med(T.map(t=>t.b)),'painted',med(T.map(t=>t.p)), 'worst', Math.max(...T.map(t=>t.p??0)).toFixed(0));
  };
  await run('warm up', 8);
  await run('as is');
  await w.browser.execute(()=>{ const g=document.querySelector('[data-testid="shell"]'); for (const c of g.children) c.style.contain='layout paint style'; });
  await run('contain children of shell');
  await w.browser.execute(()=>{ const q=document.querySelector('[data-testid="queue-row"]').closest('aside,section,nav')??document.querySelector('[data-testid="queue-row"]').parentElement; window.q=q; window.qn=q.className+q.tagName; q.style.display='none'; });
  console.log(await w.browser.execute(()=>window.qn));
  await run('queue hidden');
  await w.browser.execute(()=>{ const g=document.querySelector('[data-testid="shell"]'); window.names=[...g.children].map(c=>c.tagName+'.'+c.className); for (const c of g.children) if(!c.contains(document.querySelector('[data-testid="canvas"]'))) c.style.display='none'; });
  console.log(await w.browser.execute(()=>window.names.join(' ')));
  await run('all panels hidden');
} finally { await w.close(); process.exit(0); }
