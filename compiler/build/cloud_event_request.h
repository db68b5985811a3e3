#pragma once

#include "manifests/manifest.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// Turns the event that a test of the manifest describes into headers and body of its request, as the
/// CloudEvents HTTP protocol binding 1.0 has them: attributes as percent-encoded `ce-` headers beside the
/// data (binary mode), or everything in one JSON body (structured mode).
void add_cloud_event(const TestEvent& event, SmokeTest& test);

}  // namespace faasc
