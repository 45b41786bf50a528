/**
 * The look of all pages: one column that fits a telephone, the system's own type, light or dark as the reader has it, and
 * a focus that can be seen. Colours have a contrast of at least 4.5 to 1 in both.
 */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --ground: #f3f4f6; --line: #c6ccd3;
  --accent: #0b5cad; --on-accent: #fff; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf1; --soft: #a5afba; --paper: #1c2126; --ground: #12161a;
  --line: #4a535d; --accent: #7db8f5; --on-accent: #0c1a28; --bad: #ff9b9b; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { width: 100%; max-width: 26rem; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
p, ul, ol { margin: 0 0 1rem; }
form { margin: 0; display: grid; gap: 1rem; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input:not([type=checkbox], [type=radio], [type=hidden]) { width: 100%; padding: .625rem .75rem; font: inherit;
  color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: .375rem; }
.choice { display: flex; gap: .5rem; align-items: baseline; }
.choice label { margin: 0; font-weight: 400; }
button, a.button { display: block; width: 100%; padding: .75rem 1rem; font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent);
  border-radius: .375rem; cursor: pointer; }
button.quiet, a.quiet { color: var(--accent); background: transparent; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { color: var(--soft); font-size: .875rem; }
.problem { margin: 0 0 1rem; padding: .75rem; color: var(--bad); border: 1px solid currentColor; border-radius: .375rem; }
.choices { list-style: none; padding: 0; display: grid; gap: .75rem; }
`;
