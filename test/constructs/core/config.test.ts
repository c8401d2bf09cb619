import type { ConfigProps } from '../../../constructs/core/config';
import { Config } from '../../../constructs/core/config';
import { textsOf } from '../../support/kubernetes';
import { namespaceIn, rendered } from '../../support/render';

/** The ConfigMap or Secret of these props. */
const config = (props: Omit<ConfigProps, 'namespace'>) =>
  rendered((chart) => new Config(chart, 'words', { namespace: namespaceIn(chart), ...props }));

test('a config is an immutable ConfigMap unless it says otherwise', () => {
  const { data, immutable, metadata } = config({ data: { greeting: 'hello' } }).get('ConfigMap');
  expect({ data, immutable }).toEqual({ data: { greeting: 'hello' }, immutable: true });
  expect(metadata.namespace).toBe('shop');
  expect(metadata.annotations).toEqual({ 'strata/config-of': 'words' });
});

test('a config with all props is an immutable Secret that says how many earlier ones are kept', () => {
  const all: Required<Omit<ConfigProps, 'namespace'>> = {
    data: { key: 'secret' },
    secret: true,
    kept: 2,
    rolls: true,
  };
  const objects = config(all);
  expect(objects.of('ConfigMap')).toEqual([]);
  const secret = objects.get('Secret');
  expect(textsOf(secret)).toEqual({ key: 'secret' });
  expect(secret).toMatchObject({ immutable: true, type: 'Opaque' });
  // The server would turn it into data, and a second apply would find a difference.
  expect(secret).not.toHaveProperty('stringData');
  expect(secret.metadata.annotations?.['strata/config-kept']).toBe('2');
});

describe('the name', () => {
  const nameOf = (data: Record<string, string>) => config({ data }).get('ConfigMap').metadata.name;

  test('carries a hash of the content', () => {
    expect(nameOf({ a: '1' })).toMatch(/^words-[0-9a-f]{10}$/);
  });

  test('is the same for the same content', () => {
    expect(nameOf({ a: '1', b: '2' })).toBe(nameOf({ a: '1', b: '2' }));
  });

  test.each<[string, Record<string, string>]>([
    ['value', { a: '2' }],
    ['key', { b: '1' }],
    ['further key', { a: '1', b: '' }],
  ])('is another one for another %s', (_, data) => {
    expect(nameOf(data)).not.toBe(nameOf({ a: '1' }));
  });

  test('does not depend on the order in which the keys were written', () => {
    expect(nameOf({ a: '1', b: '2' })).toBe(nameOf({ b: '2', a: '1' }));
  });
});

test('one that no pod rolls for has one name, and can be changed', () => {
  const { metadata, immutable } = config({ data: { a: 'b' }, rolls: false }).get('ConfigMap');
  expect(metadata.name).toBe('words');
  expect(metadata.annotations ?? {}).not.toHaveProperty('strata/config-of');
  expect(immutable).toBeUndefined();
});
