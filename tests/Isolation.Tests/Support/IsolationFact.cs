namespace ProviderAgent.Isolation.Tests.Support;

/// <summary>A theory that needs root, the engine, the firewall and a compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IsolationTheoryAttribute : TheoryAttribute
{
    public IsolationTheoryAttribute() => Skip = IsolationFact.ReasonToSkip;
}

/// <inheritdoc cref="IsolationTheoryAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IsolationFactAttribute : FactAttribute
{
    public IsolationFactAttribute() => Skip = IsolationFact.ReasonToSkip;
}

/// <summary>What these tests need.</summary>
internal static class IsolationFact
{
    public static readonly string[] Needs = [MachineNeeds.DockerSocket, "nft", "ip", "busybox", "gcc"];

    public static string? ReasonToSkip => MachineNeeds.ReasonToSkipAsRoot(Needs);
}
