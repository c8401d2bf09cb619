import { createHash } from 'node:crypto';

export const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 0 auto; padding: 1rem; }
h1, h2 { line-height: 1.2; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input, textarea { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; border: 1px solid GrayText; border-radius: .25rem; }
button { margin-top: 1rem; padding: .5rem 1.25rem; font: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
[aria-invalid=true] { border: 2px solid #dc2626; }
.hint, .error { margin: 0; }
.error::before { content: "\\26A0\\FE0E  "; }
.notice { padding: .75rem 1rem; border: 1px solid; border-left-width: .5rem; }
.entries { list-style: none; padding: 0; }
.entries li { padding: .75rem 0; border-top: 1px solid GrayText; }
.entries p { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Sent with every answer. The policy admits this one style sheet and the form, and nothing else. */
export const SECURITY_HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
