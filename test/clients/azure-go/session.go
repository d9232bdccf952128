package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/compute/armcompute/v7"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v8"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
)

const location = "eastus2"

// session is what a check works with: a credential, factories of clients, and a resource group of its own.
type session struct {
	tenant, subscription string
	credential           azcore.TokenCredential
	resources            *armresources.ClientFactory
	aks                  *armcontainerservice.ClientFactory
	network              *armnetwork.ClientFactory
	compute              *armcompute.ClientFactory
	identities           *armmsi.ClientFactory
	authorization        *armauthorization.ClientFactory
	group                string
}

// newSession signs in as the environment says: AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET; AZURE_SUBSCRIPTION_ID names the
// subscription.
func newSession() (*session, error) {
	credential, err := azidentity.NewEnvironmentCredential(nil)
	if err != nil {
		return nil, err
	}
	return (&session{tenant: os.Getenv("AZURE_TENANT_ID"), subscription: os.Getenv("AZURE_SUBSCRIPTION_ID")}).as(credential)
}

// as gives the same session with another credential.
func (s *session) as(credential azcore.TokenCredential) (*session, error) {
	own := *s
	own.credential = credential
	var problems [6]error
	own.resources, problems[0] = armresources.NewClientFactory(s.subscription, credential, nil)
	own.aks, problems[1] = armcontainerservice.NewClientFactory(s.subscription, credential, nil)
	own.network, problems[2] = armnetwork.NewClientFactory(s.subscription, credential, nil)
	own.identities, problems[3] = armmsi.NewClientFactory(s.subscription, credential, nil)
	own.authorization, problems[4] = armauthorization.NewClientFactory(s.subscription, credential, nil)
	own.compute, problems[5] = armcompute.NewClientFactory(s.subscription, credential, nil)
	return &own, errors.Join(problems[:]...)
}

// inGroup makes a resource group for one check. The service goes with the test, and so do its groups.
func (s *session) inGroup(ctx context.Context, name string) (*session, error) {
	own := *s
	own.group = "go-" + strings.ReplaceAll(name, "/", "-")
	_, err := s.resources.NewResourceGroupsClient().CreateOrUpdate(ctx, own.group, armresources.ResourceGroup{Location: to.Ptr(location)}, nil)
	return &own, err
}

func (s *session) groupID() string {
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s", s.subscription, s.group)
}

// armClient sends what no client of the SDK sends, through the SDK's pipeline.
func (s *session) armClient() (*arm.Client, error) {
	return arm.NewClient("azure-go", "v1.0.0", s.credential, nil)
}

// done follows a poller to its end.
func done[T any](ctx context.Context, poller *runtime.Poller[T], err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return poller.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: time.Second})
}

// drained gives the items of all pages.
func drained[P, I any](ctx context.Context, pager *runtime.Pager[P], items func(P) []*I) ([]*I, error) {
	var all []*I
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, items(page)...)
	}
	return all, nil
}

// refused makes sure that an error is the service's, with this status and code.
func refused(err error, status int, code string) error {
	var answer *azcore.ResponseError
	if !errors.As(err, &answer) {
		return fmt.Errorf("expected %d %s, got %w", status, code, orNone(err))
	}
	if answer.StatusCode != status || answer.ErrorCode != code {
		return fmt.Errorf("expected %d %s, got %d %s: %w", status, code, answer.StatusCode, answer.ErrorCode, err)
	}
	return nil
}

func orNone(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}

// equal compares plain data.
func equal(what string, got, wanted any) error {
	if reflect.DeepEqual(got, wanted) {
		return nil
	}
	return fmt.Errorf("%s is %v, expected %v", what, got, wanted)
}

// value is what a pointer of the SDK leads to, its zero value when it leads nowhere.
func value[T any](pointer *T) T {
	if pointer == nil {
		var none T
		return none
	}
	return *pointer
}
