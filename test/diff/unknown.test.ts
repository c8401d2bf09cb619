import { targetChange } from '../../diff/target-change';
import type { UnreadSides } from '../../diff/unknown';
import type { Unreadable } from '../../manifests/reading/read';
import { worldOf } from '../checks/judging';
import { allOf, workloadOf } from './risks';

const gap = { file: 'broken.yaml', line: 1, column: 1, reason: 'is no YAML' } as Unreadable;
const service =
  '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }';
const both = allOf(workloadOf(), service);
const changed = (before: string, after: string, unread: Partial<UnreadSides>) =>
  targetChange('t', worldOf(before, { complete: true }), worldOf(after, { complete: true }), {
    before: [],
    after: [],
    ...unread,
  });

describe('an object that may stand in a file that could not be read', () => {
  test('is not gone, and nothing that needs it is broken', () => {
    const { changes, risks, unknown } = changed(both, service, { after: [gap] });
    expect(unknown).toEqual([{ object: 'Deployment/shop/web', side: 'after' }]);
    expect([changes, risks]).toEqual([[], []]);
  });

  test('is not new', () => {
    const { changes, risks, unknown } = changed(service, both, { before: [gap] });
    expect(unknown).toEqual([{ object: 'Deployment/shop/web', side: 'before' }]);
    expect([changes, risks]).toEqual([[], []]);
  });

  test('is gone, or new, where the other side is the one that could not be read', () => {
    expect(changed(both, service, { before: [gap] }).changes).toMatchObject([
      { id: 'Deployment/shop/web', does: 'removed' },
    ]);
    expect(changed(service, both, { after: [gap] }).changes).toMatchObject([
      { id: 'Deployment/shop/web', does: 'added' },
    ]);
  });

  test('and the rest of what both sides show is compared', () => {
    const { changes, unknown } = changed(both, service.replace('80', '81'), { after: [gap] });
    expect(changes).toMatchObject([{ id: 'Service/shop/web', does: 'changed' }]);
    expect(unknown).toHaveLength(1);
  });
});
