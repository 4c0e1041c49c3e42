namespace ProviderAgent.Manifests;

/// <summary>Checks that the parts of a file fit each other.</summary>
internal sealed class SdlReferences(SdlDocument document, SdlProblems problems)
{
    private readonly HashSet<string> _usedEndpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Ip, uint Port, string Proto), string> _usedPorts = [];

    public void Check()
    {
        foreach (var (name, deployment) in document.Deployments)
        {
            if (!document.Services.ContainsKey(name)) deployment.Field.Fail($"there is no service '{name}'; add it to services or remove it here");
        }

        foreach (var (name, service) in document.Services)
        {
            CheckAddresses(name, service);
            if (!document.Deployments.TryGetValue(name, out var deployment))
            {
                service.Field.Fail($"is not deployed; add {name} to deployment");
                continue;
            }

            foreach (var (placement, replicas) in deployment.Placements) CheckReplicas(service, placement, replicas);
        }

        foreach (var (name, endpoint) in document.Endpoints)
        {
            if (!_usedEndpoints.Contains(name)) endpoint.Fail("is never used; remove it, or name it as ip of a port");
        }

        problems.ThrowIfAny(); // what follows relies on every reference being there
        new GroupTotals(document).Check();
    }

    private void CheckReplicas(SdlService service, string placementName, SdlReplicas replicas)
    {
        var profile = replicas.Profile;
        if (!document.Placements.TryGetValue(placementName, out var placement)) replicas.Field.Fail($"there is no placement '{placementName}'; add it to profiles.placement");
        if (!document.Compute.TryGetValue(profile, out var compute))
        {
            replicas.Field.Fail($"there is no compute profile '{profile}'; add it to profiles.compute");
            return;
        }

        if (placement?.Pricing.ContainsKey(profile) == false) placement.Field.Fail($"has no price for the profile '{profile}'; add it to pricing");
        CheckMounts(service, compute);
        if (service.Params?.Tee == "cpu-gpu" && compute.Gpu.Units == 0) service.Params.Field.Fail($"tee: cpu-gpu needs a GPU; add gpu to the profile '{profile}'");
    }

    private void CheckMounts(SdlService service, SdlCompute compute)
    {
        var mounts = service.Params?.Mounts ?? new Dictionary<string, SdlMount>();
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, mount) in mounts)
        {
            var volume = compute.Storage.FirstOrDefault(volume => volume.Name == name);
            if (volume is null) mount.Field.Fail($"there is no volume '{name}' in the service's compute profile; add it there");
            else if (document.IsVersion21 && volume.IsRam && mount.ReadOnly) mount.Field.Fail("a volume of class ram cannot be read-only; remove readOnly");
            if (!paths.TryAdd(mount.Path, name)) mount.Field.Fail($"'{mount.Path}' is where '{paths[mount.Path]}' is mounted; choose another path");
        }

        foreach (var volume in compute.Storage)
        {
            if (volume.IsPersistent && !mounts.ContainsKey(volume.Name)) service.Field.Fail($"the persistent volume '{volume.Name}' is not mounted; add params.storage.{volume.Name}.mount");
        }
    }

    private void CheckAddresses(string serviceName, SdlService service)
    {
        foreach (var expose in service.Exposes)
        {
            foreach (var to in expose.To.Where(to => to.Ip.Length > 0))
            {
                if (!to.Global) to.Field.Fail("has an ip, so it must be global; add global: true");
                if (!document.Endpoints.ContainsKey(to.Ip)) to.Field.Fail($"there is no endpoint '{to.Ip}'; add it to endpoints with kind: ip");
                _usedEndpoints.Add(to.Ip);
                var port = expose.As == 0 ? expose.Port : expose.As;
                if (!_usedPorts.TryAdd((to.Ip, port, expose.Proto), serviceName))
                {
                    to.Field.Fail($"{expose.Proto} port {port} of '{to.Ip}' is already used by the service '{_usedPorts[(to.Ip, port, expose.Proto)]}'; choose another port");
                }
            }
        }
    }
}
