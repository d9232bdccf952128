package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	"github.com/hashicorp/go-azure-sdk/resource-manager/containerservice/2025-07-01/managedclusters"
	"gopkg.in/yaml.v3"
)

// kubeconfig is what the provider makes `kube_config` of.
type kubeconfig struct {
	Clusters []struct {
		Cluster struct {
			Authority string `yaml:"certificate-authority-data"`
			Server    string
		}
	}
	Users []struct {
		User struct {
			Certificate string `yaml:"client-certificate-data"`
			Key         string `yaml:"client-key-data"`
			Exec        map[string]any
		}
	}
}

// kubeconfigOf is the one of that name; the provider looks no further than the first cluster and user.
func kubeconfigOf(results *managedclusters.CredentialResults, name string) (config kubeconfig, err error) {
	if results == nil || results.Kubeconfigs == nil || len(*results.Kubeconfigs) != 1 || *(*results.Kubeconfigs)[0].Name != name {
		return config, fmt.Errorf("%s: %v", name, plain(results))
	}
	text, err := base64.StdEncoding.DecodeString(*(*results.Kubeconfigs)[0].Value)
	if err != nil {
		return config, err
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return config, err
	}
	return config, that(len(config.Clusters) == 1 && len(config.Users) == 1 && config.Clusters[0].Cluster.Server != "", "%s: %s", name, text)
}

// isReached does what Terraform's kubernetes provider does with host, cluster_ca_certificate, client_certificate and client_key.
func (s *session) isReached(ctx context.Context, id commonids.KubernetesClusterId, nodes int) error {
	found, err := s.clusters.ListClusterUserCredentials(ctx, id, managedclusters.ListClusterUserCredentialsOperationOptions{})
	if err != nil {
		return err
	}
	config, err := kubeconfigOf(found.Model, "clusterUser")
	if err != nil {
		return err
	}
	cluster, user := config.Clusters[0].Cluster, config.Users[0].User
	authority, err1 := base64.StdEncoding.DecodeString(cluster.Authority)
	certificate, err2 := base64.StdEncoding.DecodeString(user.Certificate)
	key, err3 := base64.StdEncoding.DecodeString(user.Key)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, cluster.Server+"/api/v1/nodes", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("the cluster's host: %w", err)
	}
	defer response.Body.Close()
	var list struct{ Items []any }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		return err
	}
	return that(response.StatusCode == http.StatusOK && len(list.Items) == nodes, "%d with %d nodes", response.StatusCode, len(list.Items))
}
