#pragma once

#include "manifests/importers/import.h"

// What the table of importers is made of; each format has a file of its own: sam.cc.

namespace faasc {

bool is_sam_template(const YamlNode& root);
void import_sam_template(Import& import, const YamlNode& root);

bool is_knative_function(const YamlNode& root);
void import_knative_function(Import& import, const YamlNode& root);

bool is_openfaas_stack(const YamlNode& root);
void import_openfaas_stack(Import& import, const YamlNode& root);

bool is_ops_configuration(const YamlNode& root);
void import_ops_configuration(Import& import, const YamlNode& root);

bool is_kraftfile(const YamlNode& root);
void import_kraftfile(Import& import, const YamlNode& root);

// Recognised, and refused by name.
bool is_fn_function(const YamlNode& root);
bool is_serverless_service(const YamlNode& root);
bool is_kubernetes_object(const YamlNode& root);
bool is_compose_project(const YamlNode& root);
bool is_faas_manifest(const YamlNode& root);

/// A func.yaml with nothing that tells Knative's from Fn's.
bool is_any_function(const YamlNode& root);

}  // namespace faasc
