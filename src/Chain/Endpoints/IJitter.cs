using System.Security.Cryptography;

namespace ProviderAgent.Chain.Endpoints;

/// <summary>Randomness of waiting times, so that many providers do not come back to a node at the same moment.</summary>
internal interface IJitter
{
    /// <summary>From 0 up to but not including 1.</summary>
    double Next();
}

/// <inheritdoc cref="IJitter"/>
internal sealed class Jitter : IJitter
{
    private const int Steps = 1 << 20;

    public double Next() => (double)RandomNumberGenerator.GetInt32(Steps) / Steps;
}
