/** Beside the style of reports. */
export const CHECK_STYLE = `
.check .verdict{font-size:1.25rem;margin:1.25rem 0 .5rem}
.check .verdict b{font-size:2.6rem;letter-spacing:-.02em;margin-right:.15rem}
.check .range{color:var(--dim);font-size:1rem;white-space:nowrap}
.check h2{margin-top:3rem}
.check ul{list-style:none;padding:0;margin:0}
.cards{display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr))}
.cards .card{display:flex;gap:14px;align-items:flex-start;margin-top:0}
.check img{display:block;width:88px;height:88px;object-fit:cover;border-radius:6px;background:#fff;flex:none}
.what{margin:0;min-width:0;line-height:1.35}
.what .sub{margin-top:.2rem}
.file{overflow-wrap:anywhere;font-size:.75rem}
.pairs,.classes{display:grid;gap:1.75rem 2.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,420px),1fr));margin-top:1.25rem}
.pair h3,.class h3{margin:0 0 .6rem;font-size:1rem;overflow-wrap:anywhere}
.arrow{color:var(--dim);font-weight:400}
.times,.score{color:var(--dim);font-weight:400;font-size:.9rem;margin-left:.5rem}
.class h3{margin-bottom:.4rem}
.bar{height:4px;border-radius:2px;background:var(--line);margin:0 0 .7rem;overflow:hidden}
.bar span{display:block;height:100%;background:var(--right)}
.strip-of{display:flex;flex-wrap:wrap;gap:6px}
.strip-of li{min-width:0;max-width:100%}
.strip-of .wrong img{outline:3px solid var(--wrong);outline-offset:-3px}
.strip-of .wrong .text,.strip-of .wrong .row{border-color:var(--wrong);border-left-width:3px}
.strip-of .rest{align-self:center;color:var(--dim);padding:0 .4rem}
.check .text,.check .row{display:block;border:1px solid var(--line);border-radius:6px;background:var(--soft);padding:.35rem .6rem;font-size:.875rem;line-height:1.4;overflow-wrap:anywhere}
.cards .text,.cards .row{flex:1 1 0;min-width:0}
.cards .card:has(.text),.cards .card:has(.row){flex-direction:column}
.cards .card:has(.text)>.text,.cards .card:has(.row)>.row{flex:none;width:100%}
.row dl{display:flex;flex-wrap:wrap;gap:0 .8rem;margin:0}
.row dl div{display:flex;gap:.3rem}.row dt{color:var(--dim)}.row dd{margin:0}
.row .where{font-size:.75rem;color:var(--dim)}
@media (max-width:640px){.check img{width:72px;height:72px}.check .verdict b{font-size:2.1rem}.check .range{white-space:normal;display:block}}
`
  .trim()
  .replace(/\n/g, '')
