using ProviderAgent.Bench.Pricing;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>Our prices are those of the common price script over a thousand orders; its answers were recorded by the bench that runs it.</summary>
public sealed class ScriptParityTests
{
    [Fact]
    public async Task Price_ThousandOrders_AsTheScriptAnsweredThem()
    {
        var expected = await File.ReadAllLinesAsync(Repository.Vector("pricing/script-answers.txt"));
        var imported = ScriptSettings.Read(string.Join('\n', ParityOrders.Settings.Select(entry => $"{entry.Key}={entry.Value}")));
        using var pricing = Support.Hooks.Pricing(new() { Rates = imported.Rates, Floor = new() { Mode = FloorMode.Off } });

        var answers = new List<string>();
        foreach (var order in ParityOrders.Make()) answers.Add(await ParityOrders.AnswerAsync(pricing, order, default));

        Assert.Equal(ParityOrders.Count, expected.Length);
        Assert.InRange(expected.Count(answer => answer != "none"), 500, 900);
        Assert.Equal(expected, answers);
    }
}
