import type { ControlPlaneStep, NodesStep, NodeUpgrade, Upgrade } from '../simulate/upgrade/upgrade';
import type { DrainCommand, RunbookStep } from './runbook';
import { canBeDrained, drainScript, drainSteps, mends, numbered, word } from './runbook';
import type { UpgradePlan } from './upgrade-runbook';
import { headOf, stepVersion, upgradeScript } from './upgrade-runbook';
import { nodesTitle, upgradeFormats } from './upgrades';

/** How a cluster of kubeadm comes to another version: the steps as people read them, and as a shell does them. */
export const kubeadmPlanFormats = {
  markdown: (plan: UpgradePlan): string => runbook(plan).join('\n'),
  text: ({ upgrade }: UpgradePlan): string => upgradeFormats.text(upgrade),
  json: ({ upgrade }: UpgradePlan): string => upgradeFormats.json(upgrade),
  sh: (plan: UpgradePlan): string => script(plan).join('\n'),
};

function runbook(plan: UpgradePlan): string[] {
  const { upgrade } = plan;
  const { steps } = upgrade;
  return [
    ...headOf(upgrade, steps.length === 0 ? [] : unknownControlPlane(upgrade)),
    ...(steps.length === 0 ? [] : ['## Before', '', ...numbered(BEFORE), '']),
    ...steps.flatMap((step, i) => [
      `## ${i + 1}. ${step.step === 'nodes' ? nodesTitle(step) : `control plane from 1.${step.from} to ${stepVersion(step.to, upgrade.to)}`}`,
      '',
      ...(step.step === 'nodes' ? nodesSection(plan, step) : numbered(controlPlaneSteps(plan, step))),
      '',
    ]),
  ];
}

/** Where the control plane is not known, it may be that kubeadm is not what upgrades it. */
function unknownControlPlane({ controls }: Upgrade): string[] {
  if (controls.length > 0) return [];
  return [
    'No node of the control plane is known, by a label or by an API server that runs on it: these are the steps of kubeadm, for nodes that are not among those given.',
    'If a provider runs the control plane, they do not apply: plan again with --provider eks, gke or aks.',
  ];
}

const BEFORE: readonly RunbookStep[] = [
  {
    does: '`kubectl get nodes -o wide`',
    notes: ['Expect: all are `Ready`, with the versions that this plan begins with.'],
  },
  {
    does: 'On a node of the control plane: `sudo etcdctl snapshot save /var/backups/etcd.db --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key`',
    notes: [
      'Expect: `Snapshot saved`. Keep a copy elsewhere, with /etc/kubernetes.',
      'It is the only way back: a control plane does not return to an older minor version by itself.',
    ],
  },
];

/** There is a package repository of each minor version. */
function installed(packages: string, version: string): string {
  const each = packages.split(' ');
  const pinned = each.map((name) => `${name}='${version}${/\.\d+\./.test(version) ? '' : '.*'}-*'`).join(' ');
  return `with the package repository of ${version.split('.').slice(0, 2).join('.')}: \`sudo apt-mark unhold ${packages} && sudo apt-get update && sudo apt-get install -y ${pinned} && sudo apt-mark hold ${packages}\``;
}

/** How kubeadm is told a version: it needs the patch release. */
function releaseText(version: string): string {
  return /\.\d+\./.test(version) ? `v${version}` : `v${version}.PATCH`;
}

function controlPlaneSteps({ upgrade }: UpgradePlan, step: ControlPlaneStep): RunbookStep[] {
  const version = stepVersion(step.to, upgrade.to);
  const release = releaseText(version);
  const nodes = upgrade.controls;
  const first = nodes[0] ?? 'the first node of the control plane';
  const others = nodes.length > 0 ? nodes.slice(1) : ['each other node of the control plane'];
  const { release: kubeadm, etcd, coredns } = step.images;
  return [
    {
      does: `On ${first}, ${installed('kubeadm', version)}`,
      notes: [`Expect: \`kubeadm version -o short\` prints ${release}.`],
    },
    {
      does: `On ${first}: \`sudo kubeadm upgrade plan ${release}\``,
      notes: [
        'Expect: it offers the upgrade, and asks for no configuration to be changed by hand. It changes nothing.',
      ],
    },
    {
      does: `On ${first}: \`sudo kubeadm upgrade apply ${release}\``,
      notes: [
        `Expect: \`SUCCESS!\`. kubeadm ${kubeadm} brings etcd ${etcd} and CoreDNS ${coredns}.`,
        'To stop: before you confirm it. If it fails, it brings back the static pods of before; find the reason, and run it again.',
        'To go back: restore the manifests and the data of etcd from /etc/kubernetes/tmp, or the snapshot.',
      ],
    },
    ...others.map((node) => ({
      does: `On ${node}, ${installed('kubeadm', version)}, then \`sudo kubeadm upgrade node\``,
      notes: ['Expect: `The control plane instance for this node was successfully upgraded!`'],
    })),
    {
      does: '`kubectl -n kube-system get pods -l tier=control-plane -o wide`',
      notes: [`Expect: all are \`Running\`, with images of ${version}. If not: stop here.`],
    },
  ];
}

function nodesSection({ upgrade, ...command }: UpgradePlan, step: NodesStep): string[] {
  const version = stepVersion(step.to, upgrade.to);
  return step.nodes.flatMap((node) => [
    `### ${node.node}`,
    '',
    ...(canBeDrained(node) ? numbered(drainSteps(node, command, kubeletSteps(node, version))) : mends(node)),
    '',
  ]);
}

function kubeletSteps({ node, isControlPlane, from }: NodeUpgrade, version: string): RunbookStep[] {
  const before = from === undefined ? 'the version before' : `1.${from}`;
  const kubeadm = {
    does: `On ${node}, ${installed('kubeadm', version)}, then \`sudo kubeadm upgrade node\``,
    notes: ['Expect: `The kubelet configuration for this node was successfully upgraded!`'],
  };
  const kubelet = {
    does: `On ${node}, ${installed('kubelet kubectl', version)}, then \`sudo systemctl daemon-reload && sudo systemctl restart kubelet\``,
    notes: [
      `Expect: \`kubectl get node ${node}\` shows ${version} within a minute, and \`Ready\`.`,
      `To go back: install the packages of ${before} in the same way while the node is empty.`,
    ],
  };
  // On nodes of the control plane kubeadm did its part with the static pods.
  return isControlPlane ? [kubelet] : [kubeadm, kubelet];
}

function script({ upgrade, ...command }: UpgradePlan): string[] {
  return upgradeScript(
    upgrade,
    [
      'runs COMMAND for what kubectl cannot do: it installs packages on a node and runs kubeadm there.',
      '  COMMAND apply NODE VERSION     `kubeadm upgrade apply`, on the first node of the control plane',
      '  COMMAND node NODE VERSION      `kubeadm upgrade node`, on each other node of the control plane',
      '  COMMAND kubelet NODE VERSION   on an empty node: `kubeadm upgrade node`, the new kubelet, and its restart',
      'VERSION is a release, or a minor version such as 1.36: then the newest patch release that COMMAND finds, the same for all nodes.',
      'Each minor version has its own package repository: COMMAND sets that of VERSION on NODE first.',
      ...unknownControlPlane(upgrade),
    ],
    [
      ...unknownControlPlane(upgrade).map((line) => `say ${word(line)}`),
      ...TOOLS,
      ...controlsLine(upgrade.controls),
      '',
      ...upgrade.steps.flatMap((step) => scriptOf(step, upgrade, command)),
    ],
  );
}

function controlsLine(nodes: readonly string[]): string[] {
  const label = 'node-role.kubernetes.io/control-plane';
  const asked = `"$(kubectl get nodes -l ${label} -o 'jsonpath={.items[*].metadata.name}')"`;
  return [
    `controls=${nodes.length > 0 ? word(nodes.join(' ')) : asked}`,
    '[ -n "$controls" ] || { say "no node has the label of control planes"; exit 1; }',
  ];
}

const TOOLS: readonly string[] = [
  'runs_server() {',
  '  image=$(kubectl -n kube-system get pod "kube-apiserver-$1" -o \'jsonpath={.spec.containers[0].image}\') || return 2',
  '  image=${image%@*}',
  '  reached "${image##*:}" "$2"',
  '}',
  'runs_kubelet() { version=$(kubectl get node "$1" -o \'jsonpath={.status.nodeInfo.kubeletVersion}\') || return 2; reached "$version" "$2"; }',
  'is_cordoned() { cordoned=$(kubectl get node "$1" -o \'jsonpath={.spec.unschedulable}\') || return 2; [ "$cordoned" = true ]; }',
  'control_plane() {',
  '  how=apply',
  '  for node in $controls; do',
  '    if ! ask runs_server "$node" "$1"; then',
  '      say "control plane of $node to $1"',
  '      "$work" "$how" "$node" "$1"',
  '      until_so runs_server "$node" "$1"',
  '    fi',
  '    how=node',
  '  done',
  '  kubectl wait --for=condition=Ready nodes --all --timeout=15m >/dev/null',
  '}',
  '',
];

function scriptOf(step: ControlPlaneStep | NodesStep, { to }: Upgrade, command: DrainCommand): string[] {
  const version = word(stepVersion(step.to, to));
  if (step.step === 'control-plane') return [`control_plane ${version}`, ''];
  return step.nodes.flatMap((node) => {
    const name = word(node.node);
    const work = [
      `ask runs_kubelet ${name} ${version} || "$work" kubelet ${name} ${version}`,
      `until_so runs_kubelet ${name} ${version}`,
    ];
    return [
      `if ! ask runs_kubelet ${name} ${version}${node.staysCordoned ? '' : ` || ask is_cordoned ${name}`}; then`,
      ...drainScript(node, command, work).map((line) => `  ${line}`),
      'fi',
      '',
    ];
  });
}
