import type { Path, Resource } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import type { Violation } from '../../upstream/pod-security/pod';
import type { ChangeStep, FieldChange } from '../field-change';
import { fieldAt } from './paths';
import type { WorkloadChange } from './workloads';
import { templateFields } from './workloads';

/** The changes of a workload's pods that the controls of the Pod Security Standards look at. */
export function securityFields(workload: WorkloadChange): readonly FieldChange[] {
  return templateFields(workload).filter(isOfSecurity);
}

/** What the controls look at. */
const LOOKED_AT =
  /^(securityContext|host(Network|PID|IPC|Users|Aliases)|os|volumes|ports|annotations|lifecycle|\w+Probe|\w*[cC]ontainers)$/;

/** Also a container or a volume that comes. */
function isOfSecurity({ path, order }: FieldChange): boolean {
  const isEntry = typeof path.at(-1) !== 'string';
  const named = path.filter((step) => typeof step === 'string' && !/ontainers$/.test(step));
  return order !== true && (isEntry || [...named, path.at(-1)].some((step) => LOOKED_AT.test(String(step))));
}

/** The change that a violation comes of, as near as it is known. */
export function fieldOfViolation(
  { after }: WorkloadChange,
  fields: readonly FieldChange[],
  { path }: Violation,
): FieldChange | undefined {
  const steps = stepsOf(after.resource, path);
  const near = fields.filter((field) => field === fieldAt({ fields: [field] }, steps));
  const ofContext = fields.find((field) => field.path.includes('securityContext'));
  return near.find(({ path: own }) => own.length >= steps.length) ?? ofContext ?? near[0] ?? fields[0];
}

/** Places in lists by the names of their entries. */
function stepsOf(resource: Resource, path: Path): ChangeStep[] {
  const steps: ChangeStep[] = [];
  for (const [i, step] of path.entries()) {
    const name = typeof step === 'number' ? string(record(resource.at(path.slice(0, i + 1)))?.['name']) : undefined;
    if (typeof step === 'number' && name === undefined) break;
    steps.push(name === undefined ? String(step) : { name });
  }
  return steps;
}
