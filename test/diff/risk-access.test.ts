import { classed, classedInPart, messagesOf, worstClass } from './risks';

describe('cluster-access-changed', () => {
  const id = 'cluster-access-changed';
  const entry = (arn: string, groups: string, username = arn) =>
    `    - { rolearn: 'arn:aws:iam::1:role/${arn}', username: '${username}', groups: [${groups}] }`;
  const map = (lines: string, name = 'aws-auth', part = 'mapRoles') =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: kube-system }\ndata:\n  ${part}: |\n${lines || '    []'}\n`;
  const nodes = entry('node', 'system:bootstrappers, system:nodes', 'system:node:{{EC2PrivateDNSName}}');
  const all = (...lines: readonly string[]) => map(lines.join('\n'));
  test('who gets the rights of a group', () => {
    expect(messagesOf(id, all(nodes), all(nodes, entry('dev', 'system:masters')))).toEqual([
      'arn:aws:iam::1:role/dev acts in the cluster as user dev of system:masters: it may do everything',
    ]);
    expect(messagesOf(id, all(entry('dev', 'a')), all(entry('dev', 'a, b')))).toEqual([
      'arn:aws:iam::1:role/dev acts in the cluster as one of b',
    ]);
    expect(worstClass(all(nodes), all(nodes, entry('dev', 'a')))).toBe('privilege');
  });
  test('who loses them: nodes above all', () => {
    expect(messagesOf(id, all(nodes), all())).toEqual([
      expect.stringMatching(/role\/node is not let in any more: the nodes of this role become NotReady/),
    ]);
    expect(classed(id, all(nodes), '')).toEqual(['disruption ConfigMap/kube-system/aws-auth']);
    expect(messagesOf(id, all(entry('dev', 'a, b')), all(entry('dev', 'a')))).toEqual([
      'arn:aws:iam::1:role/dev is no more of b',
    ]);
    expect(messagesOf(id, all(nodes), all('    - { rolearn: a'))).toEqual([expect.stringMatching(/cannot be read/)]);
  });
  test('of users, too; and of no other ConfigMap', () => {
    const user = (group: string) =>
      map(`    - { userarn: 'arn:aws:iam::1:user/ann', username: ann, groups: [${group}] }`, 'aws-auth', 'mapUsers');
    expect(classed(id, user('a'), user('b'))).toEqual([
      'privilege ConfigMap/kube-system/aws-auth data.mapUsers',
      'disruption ConfigMap/kube-system/aws-auth data.mapUsers',
    ]);
    const other = (group: string) => map(entry('dev', group), 'aws-other');
    expect(classed(id, other('a'), other('system:masters'))).toEqual([]);
    // Pods do not read it.
    expect(classedInPart('pods-unseen', all(nodes), all())).toEqual([]);
    expect(classedInPart('pods-unseen', other('a'), other('b'))).toHaveLength(1);
  });
  test('the order of entries, and of groups, says nothing', () => {
    expect(classed(id, all(nodes, entry('dev', 'a, b')), all(entry('dev', 'b, a'), nodes))).toEqual([]);
  });
});
