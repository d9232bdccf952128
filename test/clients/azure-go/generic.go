package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
)

// Any resource by its id and api-version: how Azure Service Operator works.
func genericChecks() []check {
	return []check{
		{Name: "generic/by-id", Run: genericByID},
		{Name: "generic/tracked-operations", Run: trackedOperations},
	}
}

const networkVersion = "2024-05-01"

func genericByID(ctx context.Context, s *session) error {
	client := s.resources.NewClient()
	id := s.groupID() + "/providers/Microsoft.Network/networkSecurityGroups/generic"
	before, err := client.CheckExistenceByID(ctx, id, networkVersion, nil)
	if err != nil {
		return err
	}
	if err := equal("existence before", before.Success, false); err != nil {
		return err
	}
	poller, err := client.BeginCreateOrUpdateByID(ctx, id, networkVersion, armresources.GenericResource{
		Location: to.Ptr(location), Properties: map[string]any{"securityRules": []any{}},
	}, nil)
	made, err := done(ctx, poller, err)
	if err != nil {
		return err
	}
	if err := equal("id", value(made.ID), id); err != nil {
		return err
	}
	after, err := client.CheckExistenceByID(ctx, id, networkVersion, nil)
	if err != nil {
		return err
	}
	if err := equal("existence after", after.Success, true); err != nil {
		return err
	}
	changing, err := client.BeginUpdateByID(ctx, id, networkVersion, armresources.GenericResource{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	updated, err := done(ctx, changing, err)
	if err != nil {
		return err
	}
	if err := equal("tag", value(updated.Tags["a"]), "b"); err != nil {
		return err
	}
	deleting, err := client.BeginDeleteByID(ctx, id, networkVersion, nil)
	if _, err := done(ctx, deleting, err); err != nil {
		return err
	}
	_, err = client.GetByID(ctx, id, networkVersion, nil)
	return refused(err, 404, "ResourceNotFound")
}

type named struct {
	Name string `json:"name"`
}

// trackedOperations sends a PUT by itself, and follows what it started through a poller that a token brings back.
func trackedOperations(ctx context.Context, s *session) error {
	client, err := s.armClient()
	if err != nil {
		return err
	}
	url := runtime.JoinPaths(client.Endpoint(), s.groupID(), "providers/Microsoft.Network/virtualNetworks/tracked")
	request, err := runtime.NewRequest(ctx, http.MethodPut, url+"?api-version="+networkVersion)
	if err != nil {
		return err
	}
	body := map[string]any{"location": location, "properties": map[string]any{"addressSpace": map[string]any{"addressPrefixes": []string{"10.9.0.0/16"}}}}
	if err := runtime.MarshalAsJSON(request, body); err != nil {
		return err
	}
	response, err := client.Pipeline().Do(request)
	if err != nil {
		return err
	}
	if err := equal("status", response.StatusCode, http.StatusCreated); err != nil {
		return err
	}
	if response.Header.Get("Azure-AsyncOperation") == "" {
		return fmt.Errorf("no Azure-AsyncOperation among %v", response.Header)
	}
	first, err := runtime.NewPoller[named](response, client.Pipeline(), nil)
	if err != nil {
		return err
	}
	token, err := first.ResumeToken()
	if err != nil {
		return err
	}
	second, err := runtime.NewPollerFromResumeToken[named](token, client.Pipeline(), nil)
	ended, err := done(ctx, second, err)
	if err != nil {
		return err
	}
	return equal("name", ended.Name, "tracked")
}
