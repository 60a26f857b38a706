import { Window, scratch } from './lib/window.js';
const folder = scratch();
const w = await Window.open(folder, `/tmp/b3/bench/crowd.relook`);
try {
  await w.shown('shell'); await w.press('i');
  await w.until(() => w.browser.execute(() => document.querySelector('[data-testid="canvas"]')?.dataset.photo === 'painted'), 'x');
  await new Promise(r=>setTimeout(r,1500));
  console.log(await w.browser.execute(() => JSON.stringify([devicePixelRatio, innerWidth, innerHeight, ...[...document.querySelectorAll('[data-testid="canvas"] canvas')].map(c => [c.width, c.height, JSON.stringify(c.getBoundingClientRect())])])));
  const run = async (name, css, step, setup='') => {
    const t = await w.browser.executeAsync(`
      const done = arguments[arguments.length-1];
      const [a,b] = document.querySelectorAll('[data-testid="canvas"] canvas');
      const ga=a.getContext('2d'), gb=b.getContext('2d');
      window.st ??= document.head.appendChild(document.createElement("style")); window.st.textContent='${css}';
      ${setup};
      const ch=new MessageChannel(); let s0=0; const busy=[];
      ch.port1.onmessage=()=>{ busy.push(performance.now()-s0); };
      let n=0;
      const tick=()=>{ s0=performance.now(); n++; ${step}; ch.port2.postMessage(1); if(n<50) setTimeout(()=>requestAnimationFrame(tick), 40); else setTimeout(()=>done(busy.slice(5).sort((x,y)=>x-y)),100); };
      requestAnimationFrame(tick);`);
    console.log(name.padEnd(30), 'busy', t[4].toFixed(0), t[22].toFixed(0), t[40].toFixed(0));
  };
  const fillA='ga.setTransform(1,0,0,1,0,0);ga.fillStyle=n%2?"#333":"#444";ga.fillRect(0,0,a.width,a.height);';
  const fillB='gb.setTransform(1,0,0,1,0,0);gb.clearRect(0,0,a.width,a.height);gb.fillStyle="red";gb.fillRect(n,n,90,90);';
  const NS='* { box-shadow: none !important } ';
  await run('nothing', '', '');
  await run('A', '', fillA);
  await run('B', '', fillB);
  await run('A+B', '', fillA+fillB);
  await run('no shadow', NS, fillA+fillB);
  await run('tools opaque', NS+'.tools {opacity: 1 !important}', fillA+fillB);
  await run('tools hidden', NS+'.tools {display: none !important}', fillA+fillB);
  await run('foot hidden', NS+'.foot {display: none !important}', fillA+fillB);
  await run('foot and tools hidden', NS+'.tools {display: none !important} .foot {display: none !important}', fillA+fillB);
  await run('canvas moved', NS+'.tools {display: none !important} .foot {display: none !important}', fillA+fillB, 'for (const c of [a,b]) { c.style.left="0.40625px"; c.style.width="864px"; c.style.height="808px"; }');
  await run('B hidden', NS+'.tools {display: none !important} .foot {display: none !important}', fillA, 'b.style.display="none"');
  await run('A opaque', NS+'.tools {display: none !important} .foot {display: none !important}', fillA, 'a.style.background="#000"');
  await run('pixelated', NS+'.tools {display: none !important} .foot {display: none !important} canvas { image-rendering: pixelated }', fillA);
  await run('contain', NS+'.tools {display: none !important} .foot {display: none !important} .host { contain: strict; isolation: isolate }', fillA);
  await run('back: all', '', fillA+fillB,'b.style.display=""');
} finally { await w.close(); process.exit(0); }
