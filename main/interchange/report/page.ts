/** What a report's page brings with it: its style and its script. */
import { drawChart } from './chart.ts';

export const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--surface:#fff;--line:#e4e0d9;--ink:#1f1d1a;--ink-2:#5c5850;--accent:#2f48d6;--warn:#8f5600;--bad:#c0362c;--r1:#3d5afe;--r2:#e07a1f;--r3:#12876f;--r4:#b5338a;--r5:#6b5bd2;--r6:#a08400;--keyword:#8a3fa0;--call:#2f48d6;--string:#1b7f4d;--number:#8f5600}
@media screen and (prefers-color-scheme:dark){:root{--paper:#16171a;--surface:#1d1f23;--line:#33363d;--ink:#eceae6;--ink-2:#b0ada6;--accent:#a9b6ff;--warn:#e5ab4e;--bad:#f28b82;--r1:#8c9eff;--r2:#f2a35e;--r3:#4fc3a8;--r4:#e07cc0;--r5:#b3a6ff;--r6:#d6bd4a;--keyword:#d9a2e8;--call:#a9b6ff;--string:#5fc694;--number:#e5ab4e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.6 Inter,"Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 24px 80px}
h1{margin:0 0 4px;font-size:30px;line-height:1.25;letter-spacing:-.01em}
h2{margin:40px 0 12px;font-size:20px}h3{margin:24px 0 8px;font-size:16px}
a{color:var(--accent)}
.by,.note,small,figcaption{color:var(--ink-2);font-size:13px}
.by{margin:0 0 32px}
img{max-width:100%}
pre,code{font:13px/1.6 "JetBrains Mono",ui-monospace,"Noto Sans Mono CJK SC",monospace}
pre{margin:0;padding:14px 16px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.c-keyword{color:var(--keyword)}.c-call{color:var(--call)}.c-string{color:var(--string)}.c-number{color:var(--number)}.c-comment{color:var(--ink-2)}
.cell{margin:20px 0;border:1px solid var(--line);border-radius:8px;background:var(--surface);overflow:hidden}
.cell>header{padding:6px 16px;border-bottom:1px solid var(--line);color:var(--ink-2);font-size:12px}
.cell>header b{color:var(--ink)}
.output{padding:12px 16px;border-top:1px solid var(--line)}
.facts{display:flex;flex-wrap:wrap;gap:6px 24px;margin:0 0 8px;font-size:13px}
.facts div{min-width:0}.facts dt{color:var(--ink-2);font-size:12px}.facts dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--ink-2);font-weight:500}
.n{text-align:right}
tfoot td{font-weight:600;border:0}
.thumbs{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0;padding:0;list-style:none}
.thumbs li{width:64px;font-size:11px;color:var(--ink-2);text-align:center;overflow-wrap:anywhere}
.thumbs img{display:block;width:64px;height:64px;object-fit:contain;image-rendering:pixelated;background:#000;border-radius:4px}
.bar{display:inline-block;height:8px;border-radius:2px;background:var(--r1)}
.finding{color:var(--warn);font-size:13px}.error{color:var(--bad);font-size:13px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:16px}
figure{margin:0;break-inside:avoid}
figcaption{display:flex;align-items:center;gap:6px}figcaption b{color:var(--ink);flex:1}
figure button{width:26px;height:26px;border:1px solid var(--line);border-radius:6px;background:var(--surface);color:var(--ink);font:inherit;cursor:pointer}
svg{display:block;width:100%;height:auto;touch-action:pan-y;user-select:none;-webkit-user-select:none}
svg text{fill:var(--ink-2);font-size:12px}.grid{stroke:var(--line)}.axis{stroke:var(--ink-2)}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.dotted{stroke-dasharray:.1 4;stroke-linecap:round}circle.line{fill:currentColor}
.r1{stroke:var(--r1)}.r2{stroke:var(--r2)}.r3{stroke:var(--r3)}.r4{stroke:var(--r4)}.r5{stroke:var(--r5)}.r6{stroke:var(--r6)}
.dot{display:inline-block;width:10px;height:10px;margin-right:6px;border-radius:50%}
.dot.r1{background:var(--r1)}.dot.r2{background:var(--r2)}.dot.r3{background:var(--r3)}.dot.r4{background:var(--r4)}.dot.r5{background:var(--r5)}.dot.r6{background:var(--r6)}
.pick{fill:var(--accent);opacity:.15}
summary{cursor:pointer;margin:8px 0;font-size:13px}
blockquote{margin:0;padding-left:16px;border-left:3px solid var(--line);color:var(--ink-2)}
@media print{:root{color-scheme:light}body{background:#fff}main{max-width:none;padding:0}.cell,tr,figure{break-inside:avoid}figure button,.hint{display:none}.cell{overflow:visible}}
`;

/** Charts are zoomed by dragging, and by buttons for those who use a keyboard. */
export const script = `"use strict";
const drawChart=${drawChart.toString()};
// What is folded is open on paper.
let folded=[];
addEventListener("beforeprint",()=>{folded=[...document.querySelectorAll("details:not([open])")];for(const one of folded)one.open=true});
addEventListener("afterprint",()=>{for(const one of folded)one.open=false});
for(const figure of document.querySelectorAll("figure[data-chart]")){
const chart=JSON.parse(figure.dataset.chart),svg=figure.querySelector("svg");
const all=[Number(figure.dataset.from),Number(figure.dataset.to)];let range=all;
const show=(from,to)=>{from=Math.max(all[0],from);to=Math.min(all[1],to);if(to-from<1){from=Math.max(all[0],Math.min(from,all[1]-1));to=Math.min(all[1],from+1)}
range=[from,to];figure.dataset.shown=from+" "+to;svg.innerHTML=drawChart(chart,from,to)};
const at=(event)=>{const box=svg.getBoundingClientRect();const x=(event.clientX-box.left)/box.width*560;return range[0]+(Math.max(56,Math.min(548,x))-56)/492*(range[1]-range[0])};
const place=(epoch)=>56+(range[1]===range[0]?0:(epoch-range[0])/(range[1]-range[0])*492);
let start;
svg.addEventListener("pointerdown",(event)=>{if(event.button!==0)return;start=at(event);svg.setPointerCapture(event.pointerId)});
svg.addEventListener("pointermove",(event)=>{if(start===undefined)return;let pick=svg.querySelector(".pick");
if(!pick){pick=document.createElementNS("http://www.w3.org/2000/svg","rect");pick.setAttribute("class","pick");pick.setAttribute("y","10");pick.setAttribute("height","216");svg.append(pick)}
const a=place(start),b=place(at(event));pick.setAttribute("x",String(Math.min(a,b)));pick.setAttribute("width",String(Math.abs(a-b)))});
svg.addEventListener("pointerup",(event)=>{if(start===undefined)return;const end=at(event),from=Math.min(start,end),to=Math.max(start,end);start=undefined;
if(place(to)-place(from)>8)show(Math.floor(from),Math.ceil(to));else svg.querySelector(".pick")?.remove()});
svg.addEventListener("pointercancel",()=>{start=undefined;svg.querySelector(".pick")?.remove()});
svg.addEventListener("dblclick",()=>show(...all));
for(const button of figure.querySelectorAll("button"))button.addEventListener("click",()=>{const by=Number(button.dataset.by),middle=(range[0]+range[1])/2,half=(range[1]-range[0])/2*by;
if(by<1)show(Math.ceil(middle-half),Math.floor(middle+half));else show(Math.min(range[0]-1,Math.floor(middle-half)),Math.max(range[1]+1,Math.ceil(middle+half)))});
}
`;
