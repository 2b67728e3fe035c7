/** Light, dark where that is asked for, and always light on paper. */
export const style = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1b2430; --dim: #5b6775; --rule: #dfe4ea;
  --c0: #2563c9; --c1: #d97706; --c2: #c0265e; --good: #157f3d; --bad: #c0262d; --warn: #fdf3d8; --warn-text: #6b4e00; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b2129; --text: #e6eaf0; --dim: #9aa7b5;
  --rule: #323b47; --c0: #6aa5ff; --c1: #f2a93b; --c2: #ff7aa8; --good: #4cc676; --bad: #ff7a76; --warn: #3a3016; --warn-text: #f3d989; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 28px 24px 48px; background: var(--page); color: var(--text);
  font: 14px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 24px; overflow-wrap: anywhere; }
h2 { margin: 32px 0 10px; font-size: 17px; }
h3 { margin: 0; font-size: 14px; }
header { display: flex; gap: 16px; align-items: flex-start; justify-content: space-between; }
.facts { margin: 6px 0 0; color: var(--dim); overflow-wrap: anywhere; }
.badge { flex: none; padding: 5px 14px; border-radius: 6px; color: #fff; background: #157f3d; font-weight: 600; }
.badge.bad { color: #fff; background: #b3212a; }
.card, .tiles > div, .chart { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); gap: 12px; margin: 22px 0 0; }
.tiles > div { padding: 12px 14px; }
.tiles dt { color: var(--dim); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .bad { color: var(--bad); }
.warnings { margin: 18px 0 0; padding: 12px 16px 12px 32px; border-radius: 8px; background: var(--warn); color: var(--warn-text); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 12px; }
.chart { margin: 0; padding: 12px 14px 6px; break-inside: avoid; }
.chart > svg { display: block; width: 100%; height: auto; font-size: 12px; font-variant-numeric: tabular-nums; }
figcaption { display: flex; flex-wrap: wrap; gap: 4px 16px; justify-content: space-between; }
.keys { display: flex; gap: 14px; color: var(--dim); font-size: 13px; }
.key { display: inline-flex; gap: 6px; align-items: center; }
.key svg { width: 16px; height: 8px; }
.key line { stroke-width: 3; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); }
.line, .key line { fill: none; stroke: currentColor; stroke-linejoin: round; stroke-linecap: round; }
.line { stroke-width: 1.8; }
.area { fill: currentColor; fill-opacity: .6; }
.grid { stroke: var(--rule); }
.tick { fill: var(--dim); }
.at rect { fill: transparent; }
.at line { stroke: var(--dim); stroke-dasharray: 3 3; visibility: hidden; }
.at text { fill: var(--text); visibility: hidden; white-space: pre; }
.at:hover line, .at:hover text { visibility: visible; }
.card { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--dim); font-weight: 500; }
tbody th { font-weight: 400; }
th.text, td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; unicode-bidi: isolate; min-width: 8em; }
th.text { min-width: 15em; }
tfoot th, tfoot td { border-top-width: 2px; font-weight: 600; }
td.text.kind { color: var(--dim); min-width: 0; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
footer { margin-top: 28px; color: var(--dim); }
@media print { body { padding: 0; background: #fff; font-size: 10px; } th.text { min-width: 0; } h3, .keys { font-size: 11px; } .charts { grid-template-columns: 1fr 1fr; }
  .tiles { grid-template-columns: repeat(4, 1fr); } .card { overflow: visible; } tr, .tiles > div { break-inside: avoid; }
  h2 { break-after: avoid; } th, td { padding: 4px 6px; } * { print-color-adjust: exact; } }
`;
