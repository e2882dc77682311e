// How previews look: Grafana's grid, colours that are readable on light and on dark, numbers as large as their place.

const LIGHT = `--page:#f4f5f5;--card:#fff;--edge:#dcdfe4;--ink:#1f2328;--soft:#57606a;--grid:#e7e9ec;--good:#18783a;--notice:#7d5f00;--warning:#b34700;--critical:#c4162a;--unknown:#7d3fb5;--neutral:#1f2328;--s0:#1f6fc4;--s1:#b34700;--s2:#18783a;--s3:#8f3bb8;--s4:#0f7f86;--s5:#b0206b;--s6:#7d5f00;--s7:#5a5f73`;
const DARK = `--page:#111217;--card:#181b1f;--edge:#2c3035;--ink:#d8d9da;--soft:#9fa7b3;--grid:#26292e;--good:#73bf69;--notice:#f2cc0c;--warning:#ff9830;--critical:#ff7383;--unknown:#ca95e5;--neutral:#d8d9da;--s0:#5794f2;--s1:#ff9830;--s2:#73bf69;--s3:#ca95e5;--s4:#4fc3c9;--s5:#f781bf;--s6:#f2cc0c;--s7:#a9b0c0`;

const SERIES = ['', '10 4', '3 3', '12 3 3 3', '6 6', '16 4', '2 5', '8 3 2 3']
  .map((dashes, index) => {
    const line = `.line.s${index}{stroke:var(--s${index})${dashes === '' ? '' : `;stroke-dasharray:${dashes}`}}`;
    return `${line}.fill.s${index}{fill:var(--s${index})}`;
  })
  .join('');

const SHADES = ['good', 'notice', 'warning', 'critical', 'unknown', 'neutral']
  .map((shade) => `.${shade}{--shade:var(--${shade})}`)
  .join('');

export const PREVIEW_STYLE = [
  `:root{color-scheme:light;${LIGHT}}`,
  `@media(prefers-color-scheme:dark){:root{color-scheme:dark;${DARK}}}`,
  `:root[data-theme=light]{color-scheme:light;${LIGHT}}:root[data-theme=dark]{color-scheme:dark;${DARK}}`,
  `*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:13px/1.4 Inter,"Helvetica Neue",Arial,sans-serif}`,
  `header{padding:14px 16px 6px}h1{font-size:20px;margin:0}header p{margin:2px 0;color:var(--soft)}nav{display:flex;flex-wrap:wrap;gap:4px 14px;margin-top:6px}a{color:var(--s0)}`,
  `main{padding:8px 16px 24px}details{margin-top:8px}summary{font-weight:600;font-size:15px;padding:6px 0;cursor:pointer}`,
  `.grid{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));grid-auto-rows:30px;gap:8px}`,
  `.panel{background:var(--card);border:1px solid var(--edge);border-radius:4px;display:flex;flex-direction:column;min-width:0;min-height:0;overflow:hidden}`,
  `.panel h3{font-size:13px;font-weight:600;margin:0;padding:6px 10px 2px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;flex:none}`,
  `.body{flex:1;min-height:0;padding:2px 10px 8px;display:flex;flex-direction:column}`,
  `.empty,.failed{margin:auto;text-align:center;color:var(--soft);font-size:15px}.failed{color:var(--critical);font-size:13px;overflow:auto;overflow-wrap:anywhere}`,
  SHADES,
  `.numbers{flex:1;min-height:0;display:flex;flex-wrap:wrap;gap:4px 16px;align-items:stretch;justify-content:space-around}`,
  `.number{flex:1 1 0;min-width:90px;container-type:size;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center;min-height:0;color:var(--shade)}`,
  `.number span{font-size:clamp(16px,min(55cqh,15cqw),44px);font-weight:600;line-height:1.1;white-space:nowrap}.number small{color:var(--soft);font-size:12px;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}`,
  `.dial{flex:1;min-width:80px;min-height:0;display:flex;flex-direction:column;align-items:center}.dial svg{flex:1;min-height:0;width:100%}.dial path{fill:none;stroke-width:10}.rail{stroke:var(--grid)}.needle{stroke:var(--shade)}.dial text{text-anchor:middle;font-size:13px;font-weight:600;fill:var(--shade)}.dial small{color:var(--soft)}`,
  `.bars{overflow:auto;display:flex;flex-direction:column;gap:6px;justify-content:space-around;flex:1}.bar{display:grid;grid-template-columns:minmax(60px,25%) 1fr minmax(60px,auto);gap:8px;align-items:center}.bar b{font-weight:400;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.bar div{background:var(--grid);height:14px;border-radius:2px}.bar i{display:block;height:100%;border-radius:2px;background:var(--s0)}.bar span{text-align:right;color:var(--shade)}`,
  `.table{overflow:auto}.panel table{border-collapse:collapse;width:100%}.table th{position:sticky;top:0;background:var(--card);text-align:left;color:var(--soft);font-weight:600}.table td,.table th{padding:5px 10px 5px 0;border-bottom:1px solid var(--grid);white-space:nowrap}.table .value{text-align:right}td[class]{color:var(--shade,inherit)}td.critical,td.warning,td.notice,td.good,td.unknown{font-weight:600}`,
  `.plot{flex:1;min-height:60px;display:flex;flex-direction:column;padding-left:64px}.area{position:relative;flex:1;min-height:0;margin-top:6px}.area svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}`,
  `.line{fill:none;stroke-width:1.8;vector-effect:non-scaling-stroke;stroke-linecap:round;stroke-linejoin:round}.fill{stroke:none;opacity:.3}${SERIES}`,
  `.tick{position:absolute;left:0;right:0;height:0;border-top:1px solid var(--grid)}.tick span{position:absolute;right:100%;margin-right:6px;transform:translateY(-50%);color:var(--soft);font-size:11px;white-space:nowrap}`,
  `.limit{position:absolute;left:0;right:0;height:0;border-top:2px dashed var(--shade)}.limit span{position:absolute;right:0;bottom:1px;color:var(--shade);font-size:11px;font-weight:600;background:var(--card);padding:0 3px}`,
  `.moments{position:relative;height:18px;flex:none}.moments span{position:absolute;transform:translateX(-50%);color:var(--soft);font-size:11px;white-space:nowrap;top:2px}`,
  `.legend{max-height:38%;overflow:auto;flex:none;font-size:12px;margin-top:2px}.legend th{color:var(--soft);font-weight:400}.legend td,.legend th{text-align:right;padding:0 0 0 12px;white-space:nowrap;line-height:16px}.legend td:first-child{text-align:left;padding:0;width:100%;max-width:0;overflow:hidden;text-overflow:ellipsis}.key{width:24px;height:4px;margin-right:6px;vertical-align:middle}`,
  `.lanes{flex:1;min-height:0;overflow:auto;padding-right:16px;display:flex;flex-direction:column;gap:3px}.lane{display:grid;grid-template-columns:clamp(70px,26%,200px) 1fr;gap:8px;flex:1;min-height:18px;max-height:38px;align-items:stretch}.lane b{font-weight:400;align-self:center;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:right;color:var(--soft)}.lane>div{position:relative}.lane:last-child{flex:none}`,
  `.band{position:absolute;top:0;bottom:0;display:flex;align-items:center;padding-left:6px;overflow:hidden;white-space:nowrap;font-size:12px;font-weight:600;color:var(--ink);background:color-mix(in srgb,var(--shade) 34%,var(--card));border-left:2px solid var(--shade)}`,
  `.words{display:flex;gap:14px;flex:none;font-size:12px;color:var(--soft);margin-top:4px}.word i{display:inline-block;width:12px;height:12px;border-radius:2px;background:var(--shade);margin-right:5px;vertical-align:-1px}`,
  `.heat i{position:absolute;top:0;bottom:0;background:var(--s0)}`,
  `.lines{margin:0;padding:0;list-style:none;overflow:auto;font:12px/1.5 ui-monospace,Menlo,monospace;overflow-wrap:anywhere}.lines time{color:var(--soft)}`,
  `.text{overflow:auto;overflow-wrap:anywhere}.text p,.text ul{margin:4px 0}`,
].join('\n');
