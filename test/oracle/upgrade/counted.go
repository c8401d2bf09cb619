//go:build counted

package main

// KubeletVersions are how many nodes there are of each version, as before 1.30.
func (g getter) KubeletVersions() (map[string]uint16, error) {
	found := map[string]uint16{}
	for _, version := range g.Kubelets {
		found[version]++
	}
	return found, nil
}
