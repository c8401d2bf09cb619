import fc from 'fast-check';
import { complaintsAbout, formatEntry, parseEntry, readDraft } from '../src/guestbook';

const visible = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'Z', 'é', '漢', '\u{1F600}', '<', '"'), minLength, maxLength });

describe('a draft', () => {
  it('is accepted when both texts fit', () => {
    fc.assert(
      fc.property(visible(1, 40), visible(1, 280), (name, message) =>
        expect(complaintsAbout({ name, message })).toEqual({}),
      ),
    );
  });

  it('is refused field by field when a text is too long', () => {
    fc.assert(
      fc.property(visible(41, 80), visible(281, 400), (name, message) => {
        expect(Object.keys(complaintsAbout({ name, message }))).toEqual(['name', 'message']);
        expect(Object.keys(complaintsAbout({ name: 'Ada', message }))).toEqual(['message']);
      }),
    );
  });

  it('is refused when it holds a control character, wherever it stands', () => {
    const control = fc.constantFrom('\0', '\u0007', '\u001b', '\u007f', '\u0085');
    fc.assert(
      fc.property(visible(1, 10), control, visible(1, 10), (before, character, after) => {
        const text = before + character + after;
        expect(Object.keys(complaintsAbout({ name: text, message: text }))).toEqual(['name', 'message']);
      }),
    );
  });

  it('may break lines in the message but not in the name', () => {
    expect(complaintsAbout(readDraft({ name: 'Ada\r\nL', message: 'one\r\ntwo\tthree' }))).toEqual({
      name: 'The name contains a control character; remove it.',
    });
  });

  it('counts what is left after trimming', () => {
    expect(complaintsAbout(readDraft({ name: ` ${'n'.repeat(40)} `, message: '\t\n ' }))).toEqual({
      message: 'Enter a message.',
    });
  });

  it.each([undefined, null, 'text', 7, {}, { name: ['a', 'b'], message: { a: 1 } }])('reads %j as empty', (form) => {
    expect(readDraft(form)).toEqual({ name: '', message: '' });
  });
});

describe('a stored entry', () => {
  it('comes back as it was written', () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    fc.assert(
      fc.property(visible(1, 40), visible(1, 280), (name, message) =>
        expect(parseEntry(formatEntry({ name, message }, at))).toEqual({ name, message, at }),
      ),
    );
  });

  it.each(['hello', '{"broken"', '[]', '7', 'null', '{"name":"Ada"}', '{"message":7}'])(
    '%s is shown as a plain message',
    (stored) => {
      expect(parseEntry(stored)).toEqual({ name: undefined, message: stored, at: undefined });
    },
  );

  it('may lack a usable time', () => {
    expect(parseEntry('{"name":"Ada","message":"hi","at":"yesterday"}')).toEqual({
      name: 'Ada',
      message: 'hi',
      at: undefined,
    });
  });
});
