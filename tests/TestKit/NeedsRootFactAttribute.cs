using Xunit;

namespace ProviderAgent.TestKit;

/// <summary>A fact that only root can run, for example because it mounts something. Others get a skip with the reason; under CI=true it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsRootFactAttribute : FactAttribute
{
    /// <param name="needs">As in <see cref="NeedsFactAttribute(string[])"/>.</param>
    public NeedsRootFactAttribute(params string[] needs)
    {
        Needs = needs;
        Skip = MachineNeeds.ReasonToSkipAsRoot(needs);
    }

    public IReadOnlyList<string> Needs { get; }
}

/// <summary>As <see cref="NeedsRootFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsRootTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="NeedsRootFactAttribute(string[])"/>
    public NeedsRootTheoryAttribute(params string[] needs)
    {
        Needs = needs;
        Skip = MachineNeeds.ReasonToSkipAsRoot(needs);
    }

    public IReadOnlyList<string> Needs { get; }
}
