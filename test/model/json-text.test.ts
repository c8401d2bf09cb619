import fc from 'fast-check';
import { withStrings } from '../../model/json-text';

test('strings are replaced where they stand, and nothing else changes', () => {
  const text = `{\r\n\t"prod" : {"web":"a:1",\n\n  "w\\u0065b2": "x",   "port": 5, "list": ["web", {"web": "no"}] },
  "web": {"prod": "stays"}, "staging": { "web": "a:1" }\n}\n\n`;
  const replaced = withStrings(text, [
    { section: 'prod', key: 'web', value: 'b:"2"' },
    { section: 'prod', key: 'web2', value: 'y' },
    { section: 'prod', key: 'none', value: 'z' },
  ]);
  expect(replaced).toBe(text.replace('"a:1"', '"b:\\"2\\""').replace('"x"', '"y"'));
});

test('whatever the names and values are, the rest reads as before', () => {
  const names = fc.string({ unit: 'binary', minLength: 0, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.dictionary(names, fc.string({ unit: 'binary' }), { minKeys: 1 }), { minKeys: 1 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(undefined, 2, '\t'),
      (pinned, value, indent) => {
        const [section, entries] = Object.entries(pinned)[0]!;
        const [key] = Object.keys(entries);
        const text = JSON.stringify(pinned, undefined, indent);
        const changed = JSON.parse(withStrings(text, [{ section, key: key!, value }]));
        expect(changed).toEqual({ ...JSON.parse(text), [section]: { ...JSON.parse(text)[section], [key!]: value } });
      },
    ),
  );
});
