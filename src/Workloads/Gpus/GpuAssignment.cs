using ProviderAgent.Inventory;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Says which replica gets which devices. Pure: the same reservation and manifest always give the same answer.</summary>
internal static class GpuAssignment
{
    /// <summary>The devices of every replica that leased some.</summary>
    /// <param name="group">The lease's group. Services may share a resource unit; their replicas then follow each other in the order of the names.</param>
    /// <param name="picks">What the inventory has set aside for the order.</param>
    /// <exception cref="UnsupportedManifestException">What is set aside is not exactly what was leased: nothing is run with fewer, more or other devices.</exception>
    public static IReadOnlyDictionary<(string Service, int Replica), ValueList<string>> Of(ManifestGroup group, ValueList<GpuPick> picks)
    {
        var given = new Dictionary<(string Service, int Replica), ValueList<string>>();
        foreach (var unit in group.Services.Where(service => Units(service) > 0).GroupBy(service => service.Resources.Id))
        {
            var first = 0;
            foreach (var service in unit.OrderBy(service => service.Name, StringComparer.Ordinal))
            {
                for (var replica = 0; replica < service.Count; replica++)
                {
                    var place = first + replica;
                    var uuids = picks.Where(pick => pick.Unit == unit.Key && pick.Replica == place).Select(pick => pick.Uuid).Order(StringComparer.Ordinal).ToValueList();
                    if (uuids.Count != Units(service))
                        throw new UnsupportedManifestException($"service {service.Name} leased {Units(service)} GPUs for each replica, and {uuids.Count} are set aside for replica {replica}; it starts when the others are found again");
                    if (uuids.FirstOrDefault(uuid => !GpuUuid.IsPlain(uuid)) is { } odd) throw new UnsupportedManifestException($"service {service.Name} was given a GPU that has no usable UUID ('{odd}')");
                    given.Add((service.Name, replica), uuids);
                }

                first += (int)service.Count;
            }
        }

        return given;
    }

    /// <summary>Whether any service of the group leased devices.</summary>
    public static bool IsNeeded(ManifestGroup group) => group.Services.Any(service => Units(service) > 0);

    private static long Units(ManifestService service) => service.Resources.Gpu?.Units ?? 0;
}
