using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>How much a host has, for a replay.</summary>
/// <param name="MilliCpu">Thousandths of a thread.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Storage">Bytes.</param>
/// <param name="Gpus">Devices.</param>
public sealed record HostCapacity(long MilliCpu, long Memory, long Storage, long Gpus);

/// <summary>Leases that come and go on a host while a replay goes through time.</summary>
internal sealed class CapacityBook(HostCapacity host, TimeSpan leaseLength)
{
    // A host cannot hold more leases than this; it bounds memory where the capacity is given as endless.
    private const int MaxLeases = 100_000;

    private readonly Queue<(DateTimeOffset EndsAt, Needs Needs)> _running = [];
    private Needs _used;
    private DateTimeOffset? _at;
    private double _seconds;
    private double _cpu, _memory, _storage, _gpus;

    public CapacityUse Use => _seconds <= 0 ? new(0, 0, 0, 0) : new(_cpu / _seconds, _memory / _seconds, _storage / _seconds, _gpus / _seconds);

    /// <summary>Lets time pass and leases end.</summary>
    public void MoveTo(DateTimeOffset now)
    {
        while (_running.TryPeek(out var next) && next.EndsAt <= now)
        {
            Account(next.EndsAt);
            _running.Dequeue();
            _used -= next.Needs;
        }

        Account(now);
    }

    /// <summary>Takes a group in if there is room.</summary>
    public bool TryAdd(GroupSpec group)
    {
        var needs = Needs.Of(group);
        var after = _used + needs;
        if (_running.Count >= MaxLeases || after.Cpu > host.MilliCpu || after.Memory > host.Memory || after.Storage > host.Storage || after.Gpus > host.Gpus) return false;
        _used = after;
        if (_at is { } now) _running.Enqueue((now + leaseLength, needs));
        return true;
    }

    private void Account(DateTimeOffset now)
    {
        if (_at is { } since && now > since)
        {
            var seconds = (now - since).TotalSeconds;
            _seconds += seconds;
            _cpu += seconds * Part(_used.Cpu, host.MilliCpu);
            _memory += seconds * Part(_used.Memory, host.Memory);
            _storage += seconds * Part(_used.Storage, host.Storage);
            _gpus += seconds * Part(_used.Gpus, host.Gpus);
        }

        if (_at is null || now > _at) _at = now;
    }

    private static double Part(BigInteger used, long total) => total <= 0 ? 0 : (double)used / total;

    private readonly record struct Needs(BigInteger Cpu, BigInteger Memory, BigInteger Storage, BigInteger Gpus)
    {
        public static Needs Of(GroupSpec group)
        {
            BigInteger cpu = 0, memory = 0, storage = 0, gpus = 0;
            foreach (var unit in group.Units)
            {
                cpu += Amounts.Of(unit.Resources.Cpu.Value, unit);
                memory += Amounts.Of(unit.Resources.Memory.Bytes, unit);
                gpus += Amounts.Of(unit.Resources.Gpus, unit);
                foreach (var volume in unit.Resources.Storage)
                {
                    if (volume.IsRam) memory += Amounts.Of(volume.Size.Bytes, unit);
                    else storage += Amounts.Of(volume.Size.Bytes, unit);
                }
            }

            return new(cpu, memory, storage, gpus);
        }

        public static Needs operator +(Needs left, Needs right) => new(left.Cpu + right.Cpu, left.Memory + right.Memory, left.Storage + right.Storage, left.Gpus + right.Gpus);

        public static Needs operator -(Needs left, Needs right) => new(left.Cpu - right.Cpu, left.Memory - right.Memory, left.Storage - right.Storage, left.Gpus - right.Gpus);
    }
}
