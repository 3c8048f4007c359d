import { COLOURS } from './palette'

/** The colours of learners as CSS variables. */
export const variables = (colours: readonly string[]) =>
  colours.map((colour, i) => `--c${i}:${colour}`).join(';')

export const FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

/** The style sheet of a page: system fonts, light and dark, from a phone up. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--card:#fff;--soft:#f5f6f8;--text:#1b1f24;--dim:#59626e;--line:#dfe3e8;--right:#2f8fc4;--wrong:#cf4f06;--on-colour:#fff;--accent:#0b62a8;${variables(COLOURS.light)}}
@media (prefers-color-scheme:dark){:root{--back:#14171b;--card:#1a1e23;--soft:#20252b;--text:#e8eaed;--dim:#a4adb8;--line:#333a43;--right:#6db3f2;--wrong:#ff9e5e;--on-colour:#14171b;--accent:#6db3f2;${variables(COLOURS.dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 ${FONTS};font-variant-numeric:tabular-nums;overflow-wrap:break-word}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}
header{padding-top:48px}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.5rem;line-height:1.25;margin:4rem 0 .25rem;padding-top:1.25rem;border-top:1px solid var(--line);letter-spacing:-.01em}
h3{font-size:1.1rem;margin:2.75rem 0 .75rem}
h4{font-size:1rem;margin:0 0 .5rem}
p{margin:.5rem 0;max-width:85ch}
a{color:var(--accent)}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.lead{font-size:1.1rem;color:var(--dim)}
.meta,.notes,figcaption,.sub,.detail,.facts{color:var(--dim)}
.meta{margin:0 0 1.25rem}
.notes{font-size:.875rem;margin-top:1rem}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:1rem 0;font-size:.9rem}
.facts div{display:flex;gap:.5rem}.facts dt{font-weight:600;white-space:nowrap}.facts dd{margin:0}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;list-style:none;margin:1rem 0 0;padding:0}
nav a{display:inline-block;padding:.3rem 0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.65rem .6rem;font-weight:400}
.leaderboard thead th{font-size:.8rem;color:var(--dim);border-bottom:1px solid var(--line);padding-top:0;font-weight:600;white-space:nowrap}
.leaderboard td,.leaderboard th{padding-left:.5rem;padding-right:.5rem}
.leaderboard tbody tr{border-bottom:1px solid var(--line)}
.leaderboard td,.leaderboard thead th:not(.name){text-align:right}
.leaderboard .rank{text-align:center;padding-left:0;width:2.2rem}
.leaderboard tbody .rank{font-size:1.15rem;font-weight:600}
.leaderboard .name{min-width:11rem}
.leaderboard tbody .name{display:flex;gap:.6rem}
.swatch{flex:none;margin-top:.3rem;width:22px;height:14px}
.who{display:block}
.title{font-weight:600;display:block}
.detail,.sub,.mark{display:block;font-size:.8rem;line-height:1.4}
.mark{color:var(--wrong)}
.value{white-space:nowrap;display:block}
.leaderboard td:not(.paper) .sub{white-space:nowrap}
.accuracy .value{font-weight:600}
.significant{font-weight:600}
.strip{display:block;width:100%;min-width:6rem;height:8px;margin-top:.35rem}
.strip path{vector-effect:non-scaling-stroke;fill:none}
.track{stroke:var(--line);stroke-width:2}.range{stroke:var(--dim);stroke-width:3}.point{stroke:var(--text);stroke-width:3}
.leaderboard .paper{max-width:11rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;list-style:none;margin:0 0 .9rem;padding:0;font-size:.9rem}
.legend li{display:flex;gap:.45rem;align-items:baseline}.legend .swatch{margin:0;align-self:center}
.grid{display:grid;gap:20px;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));align-items:start}
details .grid{margin-top:.5rem}
.grid.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr))}
.card{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 14px 12px}
.wide>.card,.narrow>.card{margin-bottom:20px}
.card .chart{display:block;width:100%;height:auto;overflow:visible}
.chart text{white-space:pre}
figcaption{font-size:.86rem;line-height:1.45;margin-top:.6rem}
figcaption b,.card b{color:var(--text)}
.single{max-width:760px}
.grid>.wide,.grid>.narrow{min-width:0}.grid .card{margin-bottom:0}
.narrow{display:none}
details{margin:.2rem 0}
summary{cursor:pointer;padding:.4rem 0;font-weight:600;color:var(--accent)}
details[open]>summary{margin-bottom:.5rem}
pre{background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:12px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
.failed{border-left:3px solid var(--wrong);padding:.1rem 0 .1rem 1rem;margin:1.5rem 0}.failed h3{margin:.3rem 0}.failed ul{margin:.3rem 0;padding-left:1.1rem}
.episodes{display:grid;gap:20px;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr))}
.support{display:flex;flex-wrap:wrap;gap:8px 10px;margin:0 0 1rem;padding:0;list-style:none}
.support li{text-align:center;font-size:.85rem;font-weight:600}
.support .shots{display:flex;flex-wrap:wrap;gap:2px;justify-content:center;max-width:92px}
.picture{display:block;width:100%;max-width:44px;aspect-ratio:1;background:#fff;border:1px solid var(--line);border-radius:4px;margin:0 auto}
.support .picture{width:44px}.support .many .picture{width:28px}
.episode{table-layout:fixed}
.episode th,.episode td{padding:3px 2px;text-align:center;font-size:.85rem;vertical-align:middle}
.episode tbody th,.episode .corner{text-align:left;width:8rem;padding-right:.4rem;font-size:.8rem;line-height:1.25}
.episode .truth td,.episode .truth th{font-weight:600;border-bottom:1px solid var(--line)}
.episode .wrong{color:var(--wrong);font-weight:700;text-decoration:line-through;text-decoration-thickness:1.5px}
.episode .right{color:var(--dim)}
.episode .sub{display:inline}.episode tbody .swatch{margin:0 .3rem -.15rem 0}
.scroll{overflow-x:auto}
.plain{font-size:.86rem}
.plain th,.plain td{padding:.4rem .5rem;border-bottom:1px solid var(--line)}
.plain{min-width:44rem}.plain thead th{white-space:nowrap;font-weight:600;color:var(--dim)}
footer{padding-top:3rem;padding-bottom:4rem;color:var(--dim);font-size:.875rem}
@media (max-width:900px){
.leaderboard,.leaderboard tbody,.leaderboard caption{display:block}
.leaderboard thead{display:none}
.leaderboard tbody tr{display:grid;grid-template-columns:2.4rem repeat(6,1fr);gap:.5rem .75rem;padding:1rem 0;align-items:start}
.leaderboard tbody tr>*{display:block;padding:0;text-align:left;grid-column:span 3;min-width:0;max-width:none}
.leaderboard tbody .rank{grid-column:1;width:auto;text-align:left;font-size:1.3rem}
.leaderboard tbody .name{grid-column:2/-1;display:flex;text-align:left}
.leaderboard td:not(.rank)::before{content:attr(data-label);display:block;font-size:.75rem;color:var(--dim)}
.leaderboard tbody .accuracy,.leaderboard tbody .paper{grid-column:2/-1}
.leaderboard tbody .gap{grid-column:2/span 3}
.leaderboard tbody .seeds{grid-column:5/-1}
.leaderboard tbody .accuracy .value{font-size:1.15rem}
.leaderboard tbody .none{display:none}
.leaderboard tbody .training{grid-column:2/span 2}
.leaderboard tbody .task{grid-column:4/span 2}
.leaderboard tbody .parameters{grid-column:6/-1}
.strip{min-width:0}
}
@media (max-width:640px){
header,main,footer{padding-left:16px;padding-right:16px}
header{padding-top:28px}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:3rem}
.wide{display:none}.narrow{display:block}
.card{padding:10px 10px 10px;border-radius:8px}
.episode tbody th,.episode .corner{width:5.2rem}
.episode tbody .swatch{display:none}
}
@media print{.card{break-inside:avoid}details>*{display:block}}
`
  .trim()
  .replace(/\n/g, '')
