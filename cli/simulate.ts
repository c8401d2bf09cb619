import { Inputs } from '../checks/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { StrataError } from '../model/errors';
import { placementFormats } from '../report/placements';
import { simulateSchedule } from '../simulate/scheduling/simulate';
import { World } from '../world/world';
import { appliedIn, configured } from './configured';
import type { Run } from './options/table';
import { subjectsOf } from './subjects';
import type { simulate } from './tables';

export const command: Run<typeof simulate> = (project, given, host) => {
  const [what, ...words] = given.words;
  if (what !== 'schedule')
    throw new StrataError(`strata simulate ${what ?? ''}`.trim(), 'does not say what to simulate', [
      'write `strata simulate schedule`, and the manifests or the target',
    ]);
  const { values, config } = configured(given.values);
  const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
  const asked = { ...values, kubernetes: undefined, previous: undefined, appliedTo: appliedIn(values, config) };
  const { subjects } = subjectsOf(project, words, asked, inputs, host.progress);
  const [subject, ...others] = subjects;
  if (!subject || others.length > 0)
    throw new StrataError(
      'strata simulate schedule',
      `is to place the pods of one cluster, not of ${subjects.length}`,
      ['name one target, or one folder of manifests'],
    );
  const { manifests, facts, declared, unread, appliedTo } = subject;
  for (const { file, line, column, reason } of inputs.unreadable)
    host.printError(`${file}:${line}:${column}: ${reason}`);
  const pods = simulateSchedule(new World(manifests.resources, facts, declared, undefined, [], appliedTo, unread));
  if (!pods)
    throw new StrataError('strata simulate schedule', 'needs to know the nodes of the cluster', [
      'name the cluster: --cluster NAME, or a file with what `kubectl get nodes -o yaml` prints',
    ]);
  host.print(placementFormats[values.format](pods));
  if (inputs.unreadable.length > 0) return 2;
  return pods.some(({ placement }) => placement.verdict === 'pending') ? 1 : 0;
};
