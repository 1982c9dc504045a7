/** A light paper with a dark twin, so that the picture is legible whatever page it lies on. */
export const style = `
svg { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; --paper: #ffffff; --rim: #d0d7de; --ink: #1f2328; --dim: #59636e; --line: #59636e; --connecting: #9a6700; --running: #1a7f37; --waiting: #0969da; --stopped: #59636e; }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --rim: #3d444d; --ink: #f0f6fc; --dim: #9198a1; --line: #9198a1; --connecting: #d29922; --running: #3fb950; --waiting: #4493f8; --stopped: #9198a1; } }
.paper { fill: var(--paper); stroke: var(--rim); }
.connecting { --hue: var(--connecting); } .running { --hue: var(--running); } .waiting { --hue: var(--waiting); } .stopped { --hue: var(--stopped); }
.state rect { fill: var(--hue); fill-opacity: 0.07; stroke: var(--hue); stroke-width: 1.2; }
.state.outer > rect { stroke-width: 1.8; }
.name { font-weight: 600; font-size: 13px; fill: var(--ink); }
.outer > .name { font-size: 15px; fill: var(--hue); }
.transition { fill: var(--ink); } .action, .note { fill: var(--dim); font-size: 11px; }
.arrow path, .initial path { stroke: var(--line); stroke-width: 1.3; fill: none; }
.arrow circle, .initial circle, .head { fill: var(--line); }
`;
