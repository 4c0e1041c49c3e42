namespace ProviderAgent.Inventory;

/// <summary>What a self-test found.</summary>
/// <param name="Uuid">The device that was tested.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">One line for people.</param>
/// <param name="TestedBytes">Memory that was written and read back.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Stages">Each stage with its time, in order.</param>
public sealed record SelfTestReport(string Uuid, SelfTestOutcome Outcome, string Detail, long TestedBytes, double Milliseconds, IReadOnlyList<SelfTestStage> Stages);

/// <param name="Name">What was done.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record SelfTestStage(string Name, double Milliseconds);

/// <summary>How a self-test ended.</summary>
public enum SelfTestOutcome
{
    /// <summary>Everything came back as it should.</summary>
    Passed,

    /// <summary>The device gave a wrong result, or failed.</summary>
    Failed,

    /// <summary>It could not be tried: says nothing about the device.</summary>
    Impossible,
}
