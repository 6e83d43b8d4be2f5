using System.Collections.Concurrent;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>A person's name, avatar or role changed: what shows them shows the new one.</summary>
public sealed record PersonChanged(PersonView Person) : ChatEvent(Topic.Everyone);

/// <summary>People as others see them, kept in memory: every message shown names one.</summary>
public sealed class PeopleDirectory(IDbContextFactory<ChatDbContext> contexts, ChatService chat)
{
    private readonly ConcurrentDictionary<long, PersonView> _people = new();

    /// <summary>A person by id.</summary>
    /// <exception cref="RefusedException">Nobody has this id.</exception>
    public async ValueTask<PersonView> GetAsync(long id) =>
        _people.TryGetValue(id, out var person)
            ? person
            : (await GetAsync([id])).GetValueOrDefault(id) ?? throw RefusedException.NotFound("This person");

    /// <summary>A person who has been asked for before.</summary>
    public PersonView? Known(long id) => _people.GetValueOrDefault(id);

    /// <summary>Several people by id; who does not exist is not in the answer.</summary>
    public async ValueTask<IReadOnlyDictionary<long, PersonView>> GetAsync(IReadOnlyCollection<long> ids)
    {
        var found = new Dictionary<long, PersonView>(ids.Count);
        List<long> missing = [];
        foreach (var id in ids)
        {
            if (_people.TryGetValue(id, out var person))
            {
                found[id] = person;
            }
            else
            {
                missing.Add(id);
            }
        }

        if (missing.Count > 0)
        {
            await using var db = await contexts.CreateDbContextAsync();
            var loaded = db.Users.AsNoTracking().Where(u => missing.Contains(u.Id))
                .Select(u => new PersonView(u.Id, u.UserName!, u.Avatar, u.Role, u.IsBot)).AsAsyncEnumerable();
            await foreach (var person in loaded)
            {
                found[person.Id] = _people.GetOrAdd(person.Id, person);
            }
        }

        return found;
    }

    /// <summary>Takes up a stored change of a person and tells everyone.</summary>
    internal void Changed(AppUser user)
    {
        var person = new PersonView(user.Id, user.Name, user.Avatar, user.Role, user.IsBot);
        _people[user.Id] = person;
        chat.Raise(new PersonChanged(person));
    }
}
