using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Checks what the market asks of a group as a whole. Every reference of the document must be good.</summary>
internal sealed class GroupTotals(SdlDocument document)
{
    public void Check()
    {
        Denom? denom = null;
        foreach (var (placementName, placement) in document.Placements)
        {
            BigInteger cpu = 0, memory = 0, storage = 0, gpus = 0;
            string? tee = null;
            foreach (var (serviceName, deployment) in document.Deployments)
            {
                if (!deployment.Placements.TryGetValue(placementName, out var replicas)) continue;
                var compute = document.Compute[replicas.Profile];
                cpu += (BigInteger)compute.Cpu.Units.Value * replicas.Count;
                memory += (BigInteger)compute.Memory.Size.Bytes * replicas.Count;
                gpus += (BigInteger)compute.Gpu.Units * replicas.Count;
                foreach (var volume in compute.Storage) storage += (BigInteger)volume.Size.Bytes * replicas.Count;
                CheckTee(document.Services[serviceName], placementName, ref tee);
                CheckDenom(placement.Pricing[replicas.Profile], ref denom);
            }

            CheckTotal(placement, "cpu", cpu, MarketLimits.MaxCpu.Value);
            CheckTotal(placement, "memory", memory, MarketLimits.MaxMemory.Bytes);
            CheckTotal(placement, "storage", storage, MarketLimits.MaxVolume.Bytes);
            CheckTotal(placement, "gpu", gpus, MarketLimits.MaxGpus);
        }
    }

    private static void CheckTee(SdlService service, string placementName, ref string? tee)
    {
        if (service.Params?.Tee is not { } type) return;
        tee ??= type;
        if (tee != type) service.Params.Field.Fail($"tee: {type} and tee: {tee} are both deployed to '{placementName}'; use one, or separate placements");
    }

    private static void CheckDenom(SdlPrice price, ref Denom? denom)
    {
        denom ??= price.Denom;
        if (denom != price.Denom) price.Field.Fail($"is in {price.Denom}, another price is in {denom}; use one coin for the whole file");
    }

    private static void CheckTotal(SdlPlacement placement, string what, BigInteger total, long unitLimit)
    {
        var limit = (BigInteger)unitLimit * MarketLimits.GroupFactor;
        if (total > limit) placement.Field.Fail($"needs {what} of {total} in all, the market allows a group {limit}; lower counts or sizes, or split it");
    }
}
