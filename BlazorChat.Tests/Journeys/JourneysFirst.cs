using BlazorChat.Tests.Journeys;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(JourneysFirst))]

namespace BlazorChat.Tests.Journeys;

/// <summary>Starts with the lanes of journeys, which take longest: what follows fills both cores to the end.</summary>
public sealed class JourneysFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections
            .OrderBy(c => c.TestCollectionDisplayName is not (Lane.First or Lane.Second))
            .ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];
}
