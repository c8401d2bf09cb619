import { list, record, string } from '../../../manifests/resource';
import type { ProblemText } from '../formats';
import { dnsSubdomain } from '../formats';
import type { Rule } from '../rule';
import { between, each, inFormat, inStrictFormat, since, strictlyOneOf } from '../rule';

const ID = between(0, 2 ** 31 - 1);

/** `user`, `DOMAIN\user` or `example.com\user` */
function windowsUser(value: string): ProblemText {
  if (value === '') return 'runAsUserName cannot be an empty string';
  if (/[\x00-\x1f\x7f]/.test(value)) return 'runAsUserName cannot contain control characters';
  const parts = value.split('\\');
  if (parts.length > 2) return 'runAsUserName cannot contain more than one backslash';
  const user = parts[parts.length - 1] ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  if (domain !== undefined && domain.length >= 256) return "runAsUserName's Domain length must be under 256 characters";
  if (domain !== undefined && dnsSubdomain(domain) && !/^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/.test(domain))
    return "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
  if (user === '') return "runAsUserName's User cannot be empty";
  if (user.length > 104) return "runAsUserName's User length must not be longer than 104 characters";
  if (/^[. ]+$/.test(user)) return "runAsUserName's User cannot contain only periods or spaces";
  return /["/\\:;|=,+*?<>@[\]]/.test(user)
    ? `runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`
    : undefined;
}

/** What a pod and its containers may do. */
export const securityRules: Record<string, Rule> = {
  'core.v1.SecurityContext': {
    fields: { runAsUser: ID, runAsGroup: ID, procMount: since(33, strictlyOneOf('Default', 'Unmasked')) },
    object(object, walk) {
      if (object['allowPrivilegeEscalation'] !== false) return;
      if (object['privileged'] === true)
        walk.fail(
          [],
          undefined,
          'Invalid value: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        );
      if (list(record(object['capabilities'])?.['add']).includes('CAP_SYS_ADMIN'))
        walk.fail(
          [],
          undefined,
          'Invalid value: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        );
    },
  },
  'core.v1.PodSecurityContext': {
    fields: {
      runAsUser: ID,
      runAsGroup: ID,
      fsGroup: ID,
      supplementalGroups: each(ID),
      supplementalGroupsPolicy: since(33, strictlyOneOf('Merge', 'Strict')),
      fsGroupChangePolicy: strictlyOneOf('OnRootMismatch', 'Always'),
      seLinuxChangePolicy: since(33, strictlyOneOf('MountOption', 'Recursive')),
    },
  },
  'core.v1.WindowsSecurityContextOptions': {
    fields: { gmsaCredentialSpecName: inStrictFormat(dnsSubdomain), runAsUserName: inStrictFormat(windowsUser) },
  },
  'core.v1.Sysctl': {
    optional: ['value'],
    fields: {
      name: inFormat((value) =>
        value.length <= 253 && /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(value)
          ? undefined
          : 'must have at most 253 characters and consist of lower case words with dots or slashes between',
      ),
    },
  },
  'core.v1.SeccompProfile': {
    fields: { type: strictlyOneOf('Localhost', 'RuntimeDefault', 'Unconfined') },
    object(object, walk) {
      const profile = string(object['localhostProfile']);
      if (object['type'] === 'Localhost' && !profile)
        walk.fail(['localhostProfile'], profile, 'Required value: must be set when seccomp type is Localhost');
      if (object['type'] !== 'Localhost' && profile !== undefined)
        walk.fail(['localhostProfile'], profile, 'Invalid value: can only be set when seccomp type is Localhost');
    },
  },
  'core.v1.AppArmorProfile': { fields: { type: strictlyOneOf('Localhost', 'RuntimeDefault', 'Unconfined') } },
};
