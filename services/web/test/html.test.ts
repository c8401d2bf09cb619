import fc from 'fast-check';
import { html } from '../src/html';

const hostile = fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ';', '#', '\u{1F600}') });
const unescaped = (markup: string) =>
  markup
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

describe('html', () => {
  it('lets no text end an element or an attribute', () => {
    fc.assert(fc.property(hostile, (text) => expect(html`${text}`.markup).not.toMatch(/[<>"']/)));
  });

  it('loses nothing by escaping', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (text) => expect(unescaped(html`${text}`.markup)).toBe(text)),
    );
  });

  it('escapes once, however deep the nesting', () => {
    expect(html`<ul>${['<a>', '&'].map((text) => html`<li>${text}</li>`)}</ul>`.markup).toBe(
      '<ul><li>&lt;a&gt;</li><li>&amp;</li></ul>',
    );
  });
});
