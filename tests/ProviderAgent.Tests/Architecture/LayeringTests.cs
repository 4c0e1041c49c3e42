using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProviderAgent.ProviderAgent.Tests.Architecture;

/// <summary>Who may know whom. A new edge needs a line here with its reason, and a new room a new reason to change.</summary>
public sealed partial class LayeringTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");

    // Room, the rooms that it may see, and why.
    private static readonly (string Room, string[] Sees, string Because)[] Allowed =
    [
        ("Marketplace", [], "the vocabulary of all; the day the market moves, only this stays"),
        ("Docker", [], "a client of the engine, which knows containers and neither leases nor markets"),
        ("Chain", ["Marketplace"], "the market on today's chain: the one room with wire types"),
        ("Manifests", ["Marketplace"], "a manifest is compared with the group that was ordered"),
        ("Inventory", ["Marketplace"], "what is free is said in the market's resources"),
        ("Ledger", ["Marketplace"], "its rows are keyed by the market's ids and hold its money"),
        ("Metering", ["Marketplace"], "usage and money of leases; engine and ledger reach it through its own ports"),
        ("Bidding", ["Marketplace", "Inventory"], "an order is judged by what is free, and a bid reserves it"),
        ("Gateway", ["Marketplace", "Manifests"], "takes manifests for leases; everything else through its own ports"),
        ("Workloads", ["Marketplace", "Manifests", "Inventory", "Docker"], "turns manifests of leases into containers within what was reserved"),
        ("Devnet", ["Marketplace", "Chain", "Manifests"], "speaks the chain's wire from the other side, and sends manifests as a tenant"),
        ("ProviderAgent", ["Bidding", "Chain", "Devnet", "Docker", "Gateway", "Inventory", "Ledger", "Manifests", "Marketplace", "Metering", "Workloads"], "the composition: the only one that sees all"),
    ];

    public static TheoryData<string> Rooms => [.. Allowed.Select(room => room.Room)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Project_References_AreExactlyTheAllowedOnes(string room)
    {
        var sees = XDocument.Load(Path.Combine(Source, room, $"{room}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')))
            .Order(StringComparer.Ordinal);

        Assert.Equal(Allowed.Single(entry => entry.Room == room).Sees.Order(StringComparer.Ordinal), sees);
    }

    [Fact]
    public void Table_NamesEveryProjectOfTheSourceFolder() =>
        Assert.Equal(Projects(), Allowed.Select(room => room.Room).Order(StringComparer.Ordinal));

    [Fact]
    public void Solution_HoldsEveryProjectOfTheSourceFolder()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "ProviderAgent.sln"));
        var built = SolutionProject().Matches(solution).Select(match => match.Groups[1].Value.Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);

        Assert.All(Projects().Select(room => $"src/{room}/{room}.csproj"), path => Assert.Contains(path, built));
    }

    [Fact]
    public void Solution_HoldsEveryTestProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "ProviderAgent.sln")).Replace('\\', '/');

        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path));

        Assert.All(projects, path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Table_HasNoCircle()
    {
        var edges = Allowed.ToDictionary(room => room.Room, room => room.Sees);
        foreach (var room in edges.Keys) Assert.DoesNotContain(room, Reachable(room));

        HashSet<string> Reachable(string from)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var next = new Stack<string>(edges[from]);
            while (next.TryPop(out var room))
            {
                if (seen.Add(room)) foreach (var further in edges[room]) next.Push(further);
            }

            return seen;
        }
    }

    /// <summary>Wire types are internal to the chain's room. What they are made of must not come in by a side door either.</summary>
    [Fact]
    public void Protobuf_IsReferencedByTheChainAndTheLocalChainOnly()
    {
        var users = Projects().Where(room => XDocument.Load(Path.Combine(Source, room, $"{room}.csproj")).Descendants("PackageReference")
            .Any(package => (string?)package.Attribute("Include") is "Google.Protobuf" or "Grpc.Tools"));

        Assert.Equal(["Chain", "Devnet"], users);
    }

    [Fact]
    public void Sqlite_IsReferencedByTheLedgerOnly()
    {
        var users = Projects().Where(room => File.ReadAllText(Path.Combine(Source, room, $"{room}.csproj")).Contains("Sqlite", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(["Ledger"], users);
    }

    private static IEnumerable<string> Projects() =>
        Directory.GetDirectories(Source).SelectMany(folder => Directory.GetFiles(folder, "*.csproj")).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    [GeneratedRegex("^Project\\(\"[^\"]*\"\\) = \"[^\"]*\", \"([^\"]*\\.csproj)\"", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();
}
