/** Takes the pods of a node that may run into `pods`, each by a template. */
const podsOn = (template: string) =>
  `pods=$(kubectl get pods -A --field-selector "spec.nodeName=$1,status.phase!=Succeeded,status.phase!=Failed" -o ${template}) || { say "kubectl does not tell which pods run on $1"; exit 1; }`;

const OWNED =
  '\'jsonpath={range .items[*]}{.metadata.ownerReferences[0].kind}{" "}{.metadata.namespace}{"/"}{.metadata.name}{"\\n"}{end}\'';

/** `shop/web-1|DELETED WHEN|KEY;OPERATOR;VALUE;EFFECT;SECONDS|…` */
const TOLERATING =
  '\'go-template={{range .items}}{{.metadata.namespace}}/{{.metadata.name}}|{{.metadata.deletionTimestamp}}{{range .spec.tolerations}}|{{.key}};{{.operator}};{{.value}};{{.effect}};{{.tolerationSeconds}}{{end}}{{"\\n"}}{{end}}\'';

/** What scripts that drain nodes begin with, and call. A query that fails is never taken for "none": only what kubectl says is not found is gone. */
export const SHELL_TOOLS: readonly string[] = [
  '# CONTEXT names the context of kubectl. It stops at the first step that fails, and may be run again: what is done already is passed over.',
  'set -eu',
  'work="${1-}"',
  'kubectl() { command kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }',
  'say() { printf \'%s\\n\' "== $*"; }',
  '',
  '# Before anything is changed: whether kubectl reaches the cluster, and may see what is looked for.',
  'can_look() {',
  '  kubectl get nodes -o name >/dev/null && kubectl auth can-i list pods -A >/dev/null || { say "kubectl cannot list nodes and pods: nothing was changed"; exit 1; }',
  '}',
  'is_ready() { kubectl wait --for=condition=Ready "node/$1" --timeout=15m >/dev/null; }',
  'is_empty() {',
  `  ${podsOn(OWNED)}`,
  "  left=$(printf '%s\\n' \"$pods\" | sed -e '/^$/d' -e '/^DaemonSet /d' -e '/^Node /d') || exit 1",
  '  [ -z "$left" ] || { say "still on $1:"; printf \'%s\\n\' "$left"; return 1; }',
  '}',
];

/** What scripts that make nodes empty by a taint call. */
export const TAINT_TOOLS: readonly string[] = [
  '# Whether all pods are gone that the taint $2=$3 with the effect NoExecute deletes, and none is in its grace period; those that tolerate it',
  '# for a time are among them, unless $4 is "stay".',
  'is_left() {',
  `  ${podsOn(TOLERATING)}`,
  '  left=$(printf \'%s\\n\' "$pods" | awk -F \'|\' -v key="$2" -v value="$3" -v timed="${4-}" \'',
  '    { gsub(/<no value>/, ""); gsub(/<nil>/, "") }',
  '    $1 == "" { next }',
  '    $2 != "" { print $1 " is being deleted"; next }',
  '    {',
  '      for (i = 3; i <= NF; i++) {',
  '        split($i, t, ";")',
  '        if ((t[4] != "" && t[4] != "NoExecute") || (t[1] != "" && t[1] != key)) continue',
  '        if (t[2] == "Exists" || ((t[2] == "" || t[2] == "Equal") && t[3] == value)) break',
  '      }',
  '      if (i > NF || (t[5] != "" && timed != "stay")) print $1',
  "    }') || exit 1",
  '  [ -z "$left" ] || return 1',
  '}',
  '# Until it is so; $2 seconds are waited for at the most.',
  'becomes_left() {',
  '  node=$1 until=$(($(date +%s) + $2))',
  '  shift 2',
  '  until is_left "$node" "$@"; do',
  '    [ "$(date +%s)" -lt "$until" ] || { say "still on $node:"; printf \'%s\\n\' "$left"; exit 1; }',
  '    sleep "${PAUSE-5}"',
  '  done',
  '}',
  '# A taint that is gone already is no failure; all else is.',
  'untaint() {',
  '  said=$(kubectl taint nodes "$1" "$2" 2>&1) || case "$said" in',
  "    *'taint \"'*'\" not found'*) ;;",
  '    *) printf \'%s\\n\' "$said" >&2; exit 1 ;;',
  '  esac',
  '}',
];
