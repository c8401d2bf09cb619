//go:build !counted

package main

// KubeletVersions are the nodes of each version.
func (g getter) KubeletVersions() (map[string][]string, error) {
	found := map[string][]string{}
	for _, version := range g.Kubelets {
		found[version] = append(found[version], "node")
	}
	return found, nil
}
