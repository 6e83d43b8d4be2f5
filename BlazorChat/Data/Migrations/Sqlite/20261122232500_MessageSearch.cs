using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Data.Migrations.Sqlite
{
    /// <summary>
    /// The index that messages are searched by; see Messages/Search/SearchIndex.cs for how it is kept. A row's id is its room and
    /// its place there, so that a room is one stretch of the index. A later migration that rebuilds the table of messages has to
    /// drop the view before and create it again after: SQLite renames no table that a view waits for.
    /// </summary>
    public partial class MessageSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                CREATE VIEW "SearchableMessages" AS
                SELECT ("RoomId" << 36) | "Seq" AS "Place", "Text" FROM "Messages" WHERE "DeletedAt" IS NULL;
                """);
            migrationBuilder.Sql("""
                CREATE VIRTUAL TABLE "MessageSearch" USING fts5(
                    "Text", content='SearchableMessages', content_rowid='Place', tokenize='trigram', detail=none, columnsize=0);
                """);
            migrationBuilder.Sql("""INSERT INTO "MessageSearch" ("MessageSearch", rank) VALUES ('automerge', 8);""");
            migrationBuilder.Sql("""INSERT INTO "MessageSearch" ("MessageSearch") VALUES ('rebuild');""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""DROP TABLE "MessageSearch";""");
            migrationBuilder.Sql("""DROP VIEW "SearchableMessages";""");
        }
    }
}
