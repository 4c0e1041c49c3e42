namespace ProviderAgent.Devnet.Tests.Harness;

/// <summary>Numbers that look random and are the same in every run.</summary>
internal sealed class Noise(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 up to, not including, <paramref name="below"/>.</summary>
    public int Next(int below)
    {
        // SplitMix64.
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)below);
    }
}
