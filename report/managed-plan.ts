import type { NewPool } from '../simulate/upgrade/pools';
import type { ControlPlaneStep, NodesStep, NodeUpgrade, Upgrade } from '../simulate/upgrade/upgrade';
import type { Managed } from './managed-commands';
import { MANAGED_COMMANDS } from './managed-commands';
import type { DrainCommand, RunbookStep } from './runbook';
import { canBeDrained, drainCommand, drainStep, mends, numbered, word } from './runbook';
import type { UpgradePlan } from './upgrade-runbook';
import { headOf, stepVersion, upgradeScript } from './upgrade-runbook';
import { nodesTitle, upgradeFormats } from './upgrades';

interface ManagedPlan extends UpgradePlan {
  readonly provider: Managed;
}

/** How a managed cluster comes to another version: its provider upgrades the control plane, and new pools take the places of the old ones. */
export const managedPlanFormats = {
  markdown: (plan: ManagedPlan): string => runbook(plan).join('\n'),
  text: ({ upgrade }: ManagedPlan): string => upgradeFormats.text(upgrade),
  json: ({ upgrade }: ManagedPlan): string => upgradeFormats.json(upgrade),
  sh: (plan: ManagedPlan): string => script(plan).join('\n'),
};

function runbook(plan: ManagedPlan): string[] {
  const { upgrade, provider } = plan;
  return [
    ...headOf(upgrade),
    ...(upgrade.steps.length === 0
      ? []
      : [`${MANAGED_COMMANDS[provider].names} are to be set for these commands.`, '']),
    ...upgrade.steps.flatMap((step, i) => [
      `## ${i + 1}. ${step.step === 'nodes' ? nodesTitle(step) : `control plane from 1.${step.from} to ${stepVersion(step.to, upgrade.to)}`}`,
      '',
      ...(step.step === 'nodes' ? poolsSection(plan, step) : numbered(controlPlaneSteps(plan, step))),
      '',
    ]),
  ];
}

function controlPlaneSteps({ upgrade, provider }: ManagedPlan, step: ControlPlaneStep): RunbookStep[] {
  const version = stepVersion(step.to, upgrade.to);
  const { controlPlane, afterControlPlane } = MANAGED_COMMANDS[provider];
  return [
    {
      does: `\`${controlPlane(version)}\``,
      notes: [
        `Expect: it returns when the control plane is upgraded; \`kubectl version\` shows v${version} as the server's.`,
        'To go back: not at all. A managed control plane does not return to an older minor version.',
      ],
    },
    ...afterControlPlane(version).map((command) => ({
      does: `\`${command}\``,
      notes: ['Expect: the add-on is active, and its pods are ready.'],
    })),
  ];
}

function poolsSection(plan: ManagedPlan, { nodes, pools, to }: NodesStep): string[] {
  return pools.flatMap((pool) => {
    const drains = nodes.filter(({ node }) => pool.nodes.includes(node));
    const held = drains.filter((drain) => !canBeDrained(drain));
    return [
      `### ${pool.old}`,
      '',
      ...(held.length > 0
        ? held.flatMap((drain) => [`${drain.node} cannot be drained.`, ...mends(drain), ''])
        : [...numbered(poolSteps(plan, pool, drains, stepVersion(to, plan.upgrade.to))), '']),
    ];
  });
}

function poolSteps(
  { provider, ...command }: ManagedPlan,
  pool: NewPool,
  drains: readonly NodeUpgrade[],
  version: string,
): RunbookStep[] {
  const { createPool, deletePool, label } = MANAGED_COMMANDS[provider];
  const name = MANAGED_COMMANDS[provider].poolName(pool.name);
  const count = pool.nodes.length;
  return [
    {
      does: `\`${createPool({ ...pool, name }, version)}\``,
      notes: [
        `Expect: \`kubectl get nodes -l ${label}=${name}\` shows ${count} ${count === 1 ? 'node' : 'nodes'}, \`Ready\`, of v${version}. Size, disks, zones and autoscaling are to be those of ${pool.old}.`,
        ...(pool.lost.length === 0
          ? []
          : [
              `The new nodes do not have ${pool.lost.map((key) => `\`${key}\``).join(', ')}: not all nodes of ${pool.old} have the same, or no pool can set it. Set it on the new nodes before the old ones are drained, if it is needed.`,
            ]),
        `To go back: \`${deletePool(name)}\``,
      ],
    },
    {
      does: `\`kubectl cordon ${pool.nodes.map(word).join(' ')}\``,
      notes: [
        'Expect: new pods go to the new pool. Nothing moves yet.',
        `To go back: \`kubectl uncordon ${pool.nodes.map(word).join(' ')}\``,
      ],
    },
    ...drains.map((drain) => drainStep(drain, command)),
    {
      does: `\`${deletePool(pool.old)}\``,
      notes: [
        'Expect: its nodes are gone. Until here `kubectl uncordon` brings the old ones back; there is no hurry.',
        'To stop: leave the old pool as it is, cordoned and empty.',
      ],
    },
  ];
}

function script({ upgrade, provider, ...command }: ManagedPlan): string[] {
  const { label } = MANAGED_COMMANDS[provider];
  return upgradeScript(
    upgrade,
    [
      "runs COMMAND for what kubectl cannot do: it calls the provider's program, and returns when that is done.",
      '  COMMAND control-plane VERSION      the control plane comes to VERSION',
      '  COMMAND create OLD NEW VERSION     a pool NEW like OLD, with its labels and taints, of VERSION',
      '  COMMAND delete OLD                 the pool OLD goes',
      '`strata plan upgrade` prints the commands of the provider in its runbook.',
    ],
    [
      'server_is() {',
      '  version=$(kubectl get --raw /version) || return 2',
      '  reached "$(printf \'%s\\n\' "$version" | sed -n \'s/.*"gitVersion": *"\\([^"]*\\)".*/\\1/p\')" "$1"',
      '}',
      'has_nodes() {',
      `  nodes=$(kubectl get nodes -l "${label}=$1" --no-headers) || return 2`,
      '  [ "$(printf \'%s\\n\' "$nodes" | awk \'$2 ~ /^Ready/ { n++ } END { print n + 0 }\')" -ge "$2" ]',
      '}',
      '# Only a node that is not found is gone.',
      'exists() {',
      '  said=$(kubectl get node "$1" -o name 2>&1) && return 0',
      '  case "$said" in *"(NotFound)"*) return 1 ;; esac',
      '  printf \'%s\\n\' "$said" >&2',
      '  return 2',
      '}',
      '',
      ...upgrade.steps.flatMap((step) => scriptOf(step, upgrade, provider, command)),
    ],
  );
}

function scriptOf(
  step: ControlPlaneStep | NodesStep,
  { to }: Upgrade,
  provider: Managed,
  command: DrainCommand,
): string[] {
  const version = word(stepVersion(step.to, to));
  if (step.step === 'control-plane')
    return [
      `if ! ask server_is ${version}; then`,
      `  say ${word(`control plane to ${version}`)}`,
      `  "$work" control-plane ${version}`,
      `  until_so server_is ${version}`,
      'fi',
      '',
    ];
  return step.pools.flatMap((pool) => {
    const [old, name] = [word(pool.old), word(MANAGED_COMMANDS[provider].poolName(pool.name))];
    const nodes = pool.nodes.map(word);
    return [
      `if ${nodes.map((node) => `ask exists ${node}`).join(' || ')}; then`,
      `  say ${word(`${pool.old} moves to ${name}`)}`,
      `  ask has_nodes ${name} ${nodes.length} || "$work" create ${old} ${name} ${version}`,
      `  until_so has_nodes ${name} ${nodes.length}`,
      ...nodes.map((node) => `  if ask exists ${node}; then kubectl cordon ${node}; fi`),
      ...pool.nodes.flatMap((node) => [
        `  if ask exists ${word(node)}; then`,
        `    ${drainCommand(command, node)}`,
        `    is_empty ${word(node)}`,
        '  fi',
      ]),
      `  "$work" delete ${old}`,
      'fi',
      '',
    ];
  });
}
