import { blockTexts, cutAt, joined, readBlock, without } from '../../../simulate/network/addresses';

const blocks = (...texts: string[]) =>
  texts.map((text) => {
    const [first, last = first] = text.split(' - ').map((end) => readBlock(end)!);
    return { ...first!, last: last!.last };
  });

describe('blocks as texts', () => {
  const text = (...texts: string[]) => blockTexts(blocks(...texts));
  test('are addresses and CIDRs, or a range where that takes many', () => {
    expect(text('10.0.0.0/8')).toEqual(['10.0.0.0/8']);
    expect(text('10.1.2.3')).toEqual(['10.1.2.3']);
    expect(text('0.0.0.0/0')).toEqual(['0.0.0.0/0']);
    expect(text('10.0.0.0 - 10.0.2.255')).toEqual(['10.0.0.0/23', '10.0.2.0/24']);
    expect(text('10.0.0.1 - 10.0.0.2')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(text('10.0.0.1 - 10.0.0.9')).toEqual(['10.0.0.1-10.0.0.9']);
  });
  test.each([
    ['::/0', '::/0'],
    ['::1', '::1'],
    ['2001:db8::', '2001:db8::'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['10:0:0:0:0:0:0:100', '10::100'],
    ['fc00::/7', 'fc00::/7'],
  ])('of IPv6 leave out the first of the longest zeros: %s', (given, written) =>
    expect(text(given)).toEqual([written]),
  );
  test('are joined and in order', () => {
    expect(text('10.0.1.0/24', '10.0.0.0/24')).toEqual(['10.0.0.0/23']);
    expect(text('10.0.2.0/24', '10.0.0.0/24')).toEqual(['10.0.0.0/24', '10.0.2.0/24']);
    expect(text('::/1', '10.0.0.0/24', '10.0.0.7')).toEqual(['10.0.0.0/24', '::/1']);
  });
});

test('blocks that touch or overlap become one, those of two families never', () => {
  expect(joined(blocks('10.0.0.5', '10.0.0.4', '10.0.0.6'))).toEqual(blocks('10.0.0.4 - 10.0.0.6'));
  expect(joined(blocks('10.0.0.0/24', '10.0.0.0/25'))).toEqual(blocks('10.0.0.0/24'));
  expect(joined(blocks('10.0.0.0/25', '10.0.0.64 - 10.0.1.3'))).toEqual(blocks('10.0.0.0 - 10.0.1.3'));
  expect(joined(blocks('10.0.0.0', '10.0.0.2'))).toEqual(blocks('10.0.0.0', '10.0.0.2'));
  expect(joined(blocks('::', '0.0.0.0', '0.0.0.1'))).toEqual(blocks('0.0.0.0 - 0.0.0.1', '::'));
});

test('what lies in no hole is left', () => {
  expect(without(blocks('10.0.0.0/24'), blocks('10.0.0.0/25'))).toEqual(blocks('10.0.0.128/25'));
  expect(without(blocks('10.0.0.0/24'), blocks('10.0.0.1', '10.0.0.255'))).toEqual(
    blocks('10.0.0.0', '10.0.0.2 - 10.0.0.254'),
  );
  expect(without(blocks('10.0.0.0/24'), blocks('10.0.0.0/8'))).toEqual([]);
  expect(without(blocks('10.0.0.0/24'), blocks('11.0.0.0/8', '::/0'))).toEqual(blocks('10.0.0.0/24'));
});

test('blocks are cut where others begin and end', () => {
  expect(cutAt(blocks('10.0.0.0/24'), blocks('10.0.0.4 - 10.0.0.7'))).toEqual(
    blocks('10.0.0.0 - 10.0.0.3', '10.0.0.4 - 10.0.0.7', '10.0.0.8 - 10.0.0.255'),
  );
  expect(cutAt(blocks('10.0.0.0/24'), blocks('10.0.0.0/25', '10.0.0.0/8', '11.0.0.0/8', '::/0'))).toEqual(
    blocks('10.0.0.0/25', '10.0.0.128/25'),
  );
  expect(cutAt(blocks('10.0.0.0/24'), blocks('10.0.0.128/25'))).toEqual(blocks('10.0.0.0/25', '10.0.0.128/25'));
  // What begins before a block, or ends behind it, cuts nothing off outside of it.
  expect(cutAt(blocks('10.0.0.128/25'), blocks('10.0.0.0 - 10.0.0.200'))).toEqual(
    blocks('10.0.0.128 - 10.0.0.200', '10.0.0.201 - 10.0.0.255'),
  );
  expect(cutAt(blocks('10.0.0.0/25'), blocks('10.0.0.100 - 10.0.3.0'))).toEqual(
    blocks('10.0.0.0 - 10.0.0.99', '10.0.0.100 - 10.0.0.127'),
  );
});
