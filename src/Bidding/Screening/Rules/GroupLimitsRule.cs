using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Amounts and counts within what this market deals in. The market checks amounts per replica itself, but not the counts.</summary>
internal sealed class GroupLimitsRule : IScreeningRule
{
    // Validation limits of the market for one replica.
    private const long MinMilliCpu = 10;
    private const long MaxMilliCpu = 384_000;
    private const long MinMemory = ByteSize.MiB;
    private const long MaxMemory = 2 * ByteSize.TiB;
    private const long MinVolume = 5 * ByteSize.MiB;
    private const long MaxVolume = 32 * ByteSize.TiB;
    private const int MaxGpus = 24;

    // What existing providers of this market accept.
    private const int MaxReplicas = 50;
    private const int MaxUnits = 20;
    private const int MaxVolumes = 4;

    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        var units = order.Group.Units;
        if (units.Count == 0) return Decline("the group has no resource units");
        if (units.Count > MaxUnits) return Decline($"{units.Count} resource units, at most {MaxUnits} are taken");
        foreach (var unit in units)
        {
            if (CheckUnit(unit) is { } problem) return Decline($"unit {unit.Resources.Id}: {problem}");
        }

        return null;
    }

    private static string? CheckUnit(ResourceUnit unit)
    {
        var needs = unit.Resources;
        if (Outside(unit.Count, 1, MaxReplicas)) return $"{unit.Count} replicas, 1 to {MaxReplicas} are taken";
        if (Outside(needs.Cpu.Value, MinMilliCpu, MaxMilliCpu)) return $"{needs.Cpu} of processor, {MinMilliCpu}m to {MaxMilliCpu}m are taken";
        if (Outside(needs.Memory.Bytes, MinMemory, MaxMemory)) return $"{needs.Memory} of memory, {new ByteSize(MinMemory)} to {new ByteSize(MaxMemory)} are taken";
        if (Outside(needs.Gpus, 0, MaxGpus)) return $"{needs.Gpus} GPUs, at most {MaxGpus} are taken";
        if (needs.Storage.Count > MaxVolumes) return $"{needs.Storage.Count} volumes, at most {MaxVolumes} are taken";
        foreach (var volume in needs.Storage)
        {
            if (Outside(volume.Size.Bytes, MinVolume, MaxVolume))
                return $"volume '{volume.Name}' of {volume.Size}, {new ByteSize(MinVolume)} to {new ByteSize(MaxVolume)} are taken";
        }

        return null;
    }

    private static bool Outside(long amount, long min, long max) => amount < min || amount > max;

    private static BidDecision.Decline Decline(string detail) => new(DeclineReason.GroupLimits, detail);
}
