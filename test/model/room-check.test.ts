import { kind } from '../../clusters/kind';
import { onPool } from '../../model/placement-check';
import { checkRoom } from '../../model/room-check';
import { aCluster, refusal } from './support';

const GIBI = 1024 ** 3;
const found = (cpu: number, gibi: number, placement = {}, cluster: Parameters<typeof checkRoom>[3] = kind) =>
  refusal(() => checkRoom('p', { cpu, memory: gibi * GIBI }, placement, cluster)).found;

test('a pod that a node has room for', () => {
  expect(() => checkRoom('p', { cpu: 2000, memory: 4 * GIBI }, {}, kind)).not.toThrow();
  expect(() => checkRoom('p', { cpu: 2000, memory: 4 * GIBI }, onPool(kind, 'batch'), kind)).not.toThrow();
});
test('more CPU, or more memory, than the largest has', () => {
  expect(found(2001, 1)).toContain('it asks for 2001m of cpu, and the largest has 2000m');
  expect(found(100, 5)).toContain('it asks for 5120Mi of memory, and the largest has 4096Mi');
  // What is named is never less than what is asked for.
  expect(found(100, 4 + 1 / GIBI)).toContain('it asks for 4097Mi of memory');
  expect(found(3000, 5)).toContain('3000m of cpu, and the largest has 2000m; 5120Mi of memory');
});
test('nodes that the pod may not run on do not count, and no node has both', () => {
  const pool = (cpu: '1' | '8', memory: '2Gi' | '16Gi', label: string) => ({
    nodes: 1,
    labels: { pool: label },
    allocatable: { cpu, memory },
  });
  const cluster = aCluster('c', { pools: { wide: pool('8', '2Gi', 'wide'), tall: pool('1', '16Gi', 'tall') } });
  expect(found(4000, 8, {}, cluster)).toContain('4000m of cpu and 8192Mi of memory, and none has both');
  expect(found(4000, 1, { requires: { pool: 'tall' } }, cluster)).toContain('the largest has 1000m');
  expect(() => checkRoom('p', { cpu: 4000, memory: GIBI }, {}, cluster)).not.toThrow();
});
