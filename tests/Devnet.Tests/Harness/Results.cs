using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Tests.Harness;

internal static class Results
{
    /// <summary>Compares codespace and code; the log comes along so that a failure shows it.</summary>
    public static void Is(this TxResult result, string codespace, uint code) =>
        Assert.Equal((codespace, code, result.Log), (result.Codespace, result.Code, result.Log));

    /// <summary>The result of a check in the mempool.</summary>
    public static TxResult Result(this SubmitResult submitted) => Assert.IsType<SubmitResult.Checked>(submitted).Result;

    /// <summary>Short names of the typed events, in order: <c>EventBidCreated</c>.</summary>
    public static IReadOnlyList<string> TypedEvents(this TxResult result) =>
        [.. result.Events.Where(one => one.Type.StartsWith("akash.", StringComparison.Ordinal)).Select(one => one.Type[(one.Type.LastIndexOf('.') + 1)..])];
}
