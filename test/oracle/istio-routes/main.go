// The routes that istiod itself sends to the Envoy of a Gateway. Reads one JSON object a line: objects of Istio and requests. Answers each with a
// line: for each request what the routes say becomes of it, read as Envoy's documentation of the API has it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	fault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/test"
)

type request struct {
	Method, Host, Path, Query string
	Headers                   map[string]string
	Port                      int
	TLS                       bool
}

type question struct {
	Objects  []json.RawMessage
	Requests []request
}

type answer struct {
	Status   int                `json:"status,omitempty"`
	Location string             `json:"location,omitempty"`
	Shares   map[string]float64 `json:"shares,omitempty"`
	Mirrors  map[string]float64 `json:"mirrors,omitempty"`
	Path     string             `json:"path,omitempty"`
	Host     string             `json:"host,omitempty"`
	// Of all requests the share that Envoy answers in place of the rule, and with which status.
	Aborted     float64 `json:"aborted,omitempty"`
	AbortStatus int     `json:"abortStatus,omitempty"`
}

func main() {
	options := log.DefaultOptions()
	options.OutputPaths = []string{"stderr"}
	options.SetDefaultOutputLevel("all", log.NoneLevel)
	must(log.Configure(options))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var asked question
		must(questions.Decode(&asked))
		var answers []answer
		must(test.Wrap(func(t test.Failer) { answers = answerAll(t, asked) }))
		must(encoder.Encode(answers))
	}
}

func answerAll(t test.Failer, asked question) []answer {
	texts := make([]string, len(asked.Objects))
	for i, object := range asked.Objects {
		texts[i] = string(object)
	}
	configs, _, err := crd.ParseInputs(strings.Join(texts, "\n---\n"))
	must(err)
	for i := range configs {
		// As what reads them from a cluster does: short names are completed by it.
		configs[i].Domain = "cluster.local"
	}
	generator := core.NewConfigGenTest(t, core.TestOptions{Configs: configs})
	proxy := generator.SetupProxy(&model.Proxy{
		Type:            model.Router,
		ConfigNamespace: "edge",
		Labels:          map[string]string{"istio": "ingress"},
		Metadata:        &model.NodeMetadata{Namespace: "edge", Labels: map[string]string{"istio": "ingress"}},
	})
	clusters := map[string]bool{}
	for _, cluster := range generator.Clusters(proxy) {
		clusters[cluster.Name] = true
	}
	tables := map[string]*route.RouteConfiguration{}
	for _, table := range generator.RoutesFromListeners(proxy, generator.Listeners(proxy)) {
		tables[table.Name] = table
	}
	answers := []answer{}
	for _, one := range asked.Requests {
		table := tables[fmt.Sprintf("http.%d", one.Port)]
		if one.TLS {
			for name := range tables {
				if strings.HasPrefix(name, fmt.Sprintf("https.%d.", one.Port)) {
					table = tables[name]
				}
			}
		}
		answers = append(answers, answerOne(table, clusters, one))
	}
	return answers
}

func answerOne(table *route.RouteConfiguration, clusters map[string]bool, one request) answer {
	if table == nil {
		return answer{Status: 404}
	}
	host := virtualHost(table, one.Host)
	if host == nil {
		return answer{Status: 404}
	}
	if host.RequireTls == route.VirtualHost_ALL && !one.TLS {
		return answer{Status: 301, Location: "https://" + one.Host + one.Path + queryText(one)}
	}
	for _, each := range host.Routes {
		if matches(each.Match, one) {
			return aborted(each, serve(each, clusters, one))
		}
	}
	return answer{Status: 404}
}

func queryText(one request) string {
	if one.Query == "" {
		return ""
	}
	return "?" + one.Query
}

func virtualHost(table *route.RouteConfiguration, asked string) *route.VirtualHost {
	var best *route.VirtualHost
	length := -1
	for _, host := range table.VirtualHosts {
		for _, domain := range host.Domains {
			switch {
			case domain == asked:
				return host
			case domain == "*":
				if length < 0 {
					best, length = host, 0
				}
			case strings.HasPrefix(domain, "*"):
				if strings.HasSuffix(asked, domain[1:]) && len(asked) >= len(domain) && len(domain) > length {
					best, length = host, len(domain)
				}
			}
		}
	}
	return best
}

func matches(match *route.RouteMatch, one request) bool {
	fold := func(text string) string {
		if match.CaseSensitive != nil && !match.CaseSensitive.Value {
			return strings.ToLower(text)
		}
		return text
	}
	switch specifier := match.PathSpecifier.(type) {
	case *route.RouteMatch_Prefix:
		if !strings.HasPrefix(fold(one.Path), fold(specifier.Prefix)) {
			return false
		}
	case *route.RouteMatch_Path:
		if fold(one.Path) != fold(specifier.Path) {
			return false
		}
	case *route.RouteMatch_SafeRegex:
		if !whole(specifier.SafeRegex.Regex, one.Path) {
			return false
		}
	default:
		panic(fmt.Sprintf("path by %T", specifier))
	}
	for _, header := range match.Headers {
		value, found := headerOf(one, header.Name)
		if !found && header.TreatMissingHeaderAsEmpty {
			found = true
		}
		var takes bool
		switch specifier := header.HeaderMatchSpecifier.(type) {
		case *route.HeaderMatcher_PresentMatch:
			takes = found == specifier.PresentMatch
		case *route.HeaderMatcher_StringMatch:
			if !found {
				return false
			}
			takes = textMatches(specifier.StringMatch, value)
		default:
			panic(fmt.Sprintf("header by %T", specifier))
		}
		if takes == header.InvertMatch {
			return false
		}
	}
	if len(match.DynamicMetadata) > 0 {
		return false
	}
	query, _ := url.ParseQuery(one.Query)
	for _, parameter := range match.QueryParameters {
		values, found := query[parameter.Name]
		switch specifier := parameter.QueryParameterMatchSpecifier.(type) {
		case *route.QueryParameterMatcher_PresentMatch:
			if found != specifier.PresentMatch {
				return false
			}
		case *route.QueryParameterMatcher_StringMatch:
			if !found || !textMatches(specifier.StringMatch, values[0]) {
				return false
			}
		}
	}
	return true
}

func headerOf(one request, name string) (string, bool) {
	switch name {
	case ":method":
		return one.Method, true
	case ":authority":
		return one.Host, true
	case ":scheme":
		if one.TLS {
			return "https", true
		}
		return "http", true
	}
	value, found := one.Headers[strings.ToLower(name)]
	return value, found
}

func textMatches(match *matcher.StringMatcher, text string) bool {
	switch pattern := match.MatchPattern.(type) {
	case *matcher.StringMatcher_Exact:
		return text == pattern.Exact
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(text, pattern.Prefix)
	case *matcher.StringMatcher_SafeRegex:
		return whole(pattern.SafeRegex.Regex, text)
	}
	panic(fmt.Sprintf("text by %T", match.MatchPattern))
}

func whole(pattern, text string) bool {
	return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(text)
}

func serve(each *route.Route, clusters map[string]bool, one request) answer {
	switch action := each.Action.(type) {
	case *route.Route_Redirect:
		return redirected(each.Match, action.Redirect, one)
	case *route.Route_DirectResponse:
		return answer{Status: int(action.DirectResponse.Status)}
	case *route.Route_Route:
		said := answer{Shares: map[string]float64{}, Path: one.Path, Host: one.Host}
		add := func(name string, share float64) {
			if !clusters[name] {
				name = "503"
			}
			said.Shares[name] += share
		}
		switch specifier := action.Route.ClusterSpecifier.(type) {
		case *route.RouteAction_Cluster:
			add(specifier.Cluster, 1)
		case *route.RouteAction_WeightedClusters:
			total := 0.0
			for _, cluster := range specifier.WeightedClusters.Clusters {
				total += float64(cluster.Weight.GetValue())
			}
			for _, cluster := range specifier.WeightedClusters.Clusters {
				add(cluster.Name, float64(cluster.Weight.GetValue())/total)
			}
		}
		if rewrite := action.Route.PrefixRewrite; rewrite != "" {
			said.Path = rewritten(each.Match, one.Path, rewrite)
		}
		if rewrite := action.Route.RegexRewrite; rewrite != nil {
			substitution := regexp.MustCompile(`\\(\d)`).ReplaceAllString(strings.ReplaceAll(rewrite.Substitution, "$", "$$"), "$${$1}")
			said.Path = regexp.MustCompile(rewrite.Pattern.Regex).ReplaceAllString(one.Path, substitution)
		}
		if host := action.Route.GetHostRewriteLiteral(); host != "" {
			said.Host = host
		}
		for _, mirror := range action.Route.RequestMirrorPolicies {
			// Copies for a cluster that is not there are lost.
			if !clusters[mirror.Cluster] {
				continue
			}
			if said.Mirrors == nil {
				said.Mirrors = map[string]float64{}
			}
			said.Mirrors[mirror.Cluster] += fraction(mirror.RuntimeFraction)
		}
		return said
	}
	panic(fmt.Sprintf("action %T", each.Action))
}

// Of a fault without a percentage Envoy answers none by itself.
func aborted(each *route.Route, said answer) answer {
	config := each.TypedPerFilterConfig["envoy.filters.http.fault"]
	if config == nil {
		return said
	}
	injected := &fault.HTTPFault{}
	must(config.UnmarshalTo(injected))
	if injected.Abort == nil || injected.Abort.Percentage.GetNumerator() == 0 {
		return said
	}
	said.Aborted = fraction(&corev3.RuntimeFractionalPercent{DefaultValue: injected.Abort.Percentage})
	// A status of gRPC comes with 200 of HTTP.
	said.AbortStatus = 200
	if status := injected.Abort.GetHttpStatus(); status != 0 {
		said.AbortStatus = int(status)
	}
	return said
}

func fraction(value *corev3.RuntimeFractionalPercent) float64 {
	if value == nil || value.DefaultValue == nil {
		return 1
	}
	denominator := map[typev3.FractionalPercent_DenominatorType]float64{0: 100, 1: 10000, 2: 1000000}
	return float64(value.DefaultValue.Numerator) / denominator[value.DefaultValue.Denominator]
}

func rewritten(match *route.RouteMatch, path, replacement string) string {
	if prefix, is := match.PathSpecifier.(*route.RouteMatch_Prefix); is {
		return replacement + path[len(prefix.Prefix):]
	}
	return replacement
}

func redirected(match *route.RouteMatch, action *route.RedirectAction, one request) answer {
	scheme := "http"
	if one.TLS {
		scheme = "https"
	}
	if to := action.GetSchemeRedirect(); to != "" {
		scheme = to
	}
	host := one.Host
	if action.HostRedirect != "" {
		host = action.HostRedirect
	}
	if action.PortRedirect != 0 {
		host = fmt.Sprintf("%s:%d", host, action.PortRedirect)
	}
	path := one.Path
	if to := action.GetPathRedirect(); to != "" {
		path = to
	} else if to := action.GetPrefixRewrite(); to != "" {
		path = rewritten(match, one.Path, to)
	}
	codes := map[route.RedirectAction_RedirectResponseCode]int{0: 301, 1: 302, 2: 303, 3: 307, 4: 308}
	return answer{Status: codes[action.ResponseCode], Location: scheme + "://" + host + path + queryText(one)}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
