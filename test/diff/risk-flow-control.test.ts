import { allOf, classed, messagesOf, risksBetween } from './risks';

const id = 'flow-control-changed';
const API = 'flowcontrol.apiserver.k8s.io/v1';
const account = (name: string) => `{ kind: ServiceAccount, serviceAccount: { name: ${name}, namespace: shop } }`;
const schema = (level: string, subjects = account('batch')) =>
  `{ apiVersion: ${API}, kind: FlowSchema, metadata: { name: batch }, spec: { priorityLevelConfiguration: { name: ${level} }, rules: [{ subjects: [${subjects}], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }] } }`;
const level = (spec: string) =>
  `{ apiVersion: ${API}, kind: PriorityLevelConfiguration, metadata: { name: low }, spec: { ${spec} } }`;
const limited = (spec: string) => level(`type: Limited, limited: { ${spec} }`);
const queues = (spec: string) => limited(`limitResponse: { type: Queue, queuing: { ${spec} } }`);
const REJECT = limited('limitResponse: { type: Reject }');
const [LIMITED, EXEMPT] = [limited('nominalConcurrencyShares: 10'), level('type: Exempt')];

describe('a FlowSchema', () => {
  test('that exempts requests, by the level of that name or by another one', () => {
    expect(messagesOf(id, schema('low'), schema('exempt'))).toEqual([
      'requests of ServiceAccount shop/batch are exempt from all limits (exempt): they can keep the API server from answering everybody else',
    ]);
    expect(classed(id, '', schema('exempt'))).toEqual(['disruption FlowSchema/batch']);
    expect(classed(id, allOf(EXEMPT, schema('global')), allOf(EXEMPT, schema('low')))).toEqual([
      'disruption FlowSchema/batch spec.priorityLevelConfiguration.name',
    ]);
    expect(
      classed(id, schema('exempt'), schema('exempt', `${account('batch')}, { kind: Group, group: { name: dev } }`)),
    ).toEqual([expect.stringMatching(/^disruption FlowSchema\/batch spec.rules/)]);
  });
  test('that exempts them no more', () => {
    expect(messagesOf(id, schema('exempt'), schema('low'))).toEqual([
      'requests of ServiceAccount shop/batch waited for nothing, and share low with others from now on',
    ]);
    expect(messagesOf(id, schema('exempt'), '')[0]).toContain('go to the next FlowSchema that matches them');
  });
  test.each([
    ['of another level', schema('low'), schema('global')],
    ['that comes', '', schema('low')],
    ['that goes', schema('low'), ''],
    ['that exempts fewer', schema('exempt', `${account('a')}, ${account('b')}`), schema('exempt', account('a'))],
    ['of somebody else', schema('low').replace(API, 'example.com/v1'), schema('exempt').replace(API, 'example.com/v1')],
  ])('nothing of one %s', (_, before, after) => expect(classed(id, before, after)).toEqual([]));
});

describe('a PriorityLevelConfiguration', () => {
  const shares = (number: number) => limited(`nominalConcurrencyShares: ${number}`);
  const told = (before: string, after: string) =>
    risksBetween([id], before, after).map(({ class: risk, message }) => `${risk} ${message}`);
  test('tells whose requests it is about', () => {
    expect(told(allOf(schema('low'), LIMITED), allOf(schema('low'), EXEMPT))).toEqual([
      'disruption requests of ServiceAccount shop/batch are exempt from all limits: they can keep the API server from answering everybody else',
    ]);
  });
  test.each([
    [
      'exempt no more',
      EXEMPT,
      LIMITED,
      'disruption requests of level low waited for nothing, and are limited from now on',
    ],
    [
      'fewer shares',
      shares(30),
      shares(5),
      'disruption requests of level low get fewer seats of the API server: 5 shares in place of 30',
    ],
    [
      'fewer than by default',
      limited(''),
      shares(20),
      'disruption requests of level low get fewer seats of the API server: 20 shares in place of 30',
    ],
    ['none', shares(30), shares(0), 'disruption requests of level low get no seat of their own'],
    [
      'more',
      shares(5),
      shares(50),
      'capacity requests of level low get more seats of the API server (50 shares in place of 5), and all other levels fewer',
    ],
    [
      'of an exempt one',
      level('type: Exempt, exempt: { nominalConcurrencyShares: 9 }'),
      level('type: Exempt, exempt: { nominalConcurrencyShares: 3 }'),
      'disruption requests of level low get fewer seats',
    ],
    [
      'more that is lent',
      limited('lendablePercent: 10'),
      limited('lendablePercent: 90'),
      'capacity 90 percent of the seats of requests of level low may be lent to others, in place of 10',
    ],
    [
      'less that is borrowed',
      limited(''),
      limited('borrowingLimitPercent: 5'),
      'disruption requests of level low may borrow fewer seats of others: 5 percent of their own, which was without limit',
    ],
    ['no queue', queues('queues: 8'), REJECT, 'disruption requests of level low wait in no queue any more'],
    [
      'shorter queues',
      queues('queues: 64'),
      queues('queues: 64, queueLengthLimit: 10'),
      'disruption fewer of requests of level low may wait (640 in place of 3200)',
    ],
    ['gone', LIMITED, '', 'disruption requests of level low lose their level'],
  ])('%s', (_, before, after, expected) => expect(told(before, after)).toEqual([expect.stringContaining(expected)]));
  test('that goes is missed where a FlowSchema still names it', () => {
    expect(told(allOf(schema('low'), LIMITED), schema('low'))).toHaveLength(1);
    expect(told(allOf(schema('low'), LIMITED), schema('global'))).toEqual([]);
  });
  test.each([
    ['longer queues', queues('queues: 8'), queues('queues: 16')],
    ['a queue', REJECT, queues('queues: 8')],
    ['less that is lent', limited('lendablePercent: 90'), limited('lendablePercent: 10')],
    ['more that is borrowed', limited('borrowingLimitPercent: 5'), limited('')],
    ['what holds by default', limited(''), shares(30)],
    ['a new one', '', LIMITED],
  ])('nothing of %s', (_, before, after) => expect(told(before, after)).toEqual([]));
});
